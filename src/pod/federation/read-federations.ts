import * as v from 'valibot';
import type { PeerId, PodId } from '../../base/brand.ts';
import type { InviteId } from '../document/statement.ts';
import type { Entry } from '../document/view.ts';
import {
  type Federation,
  type FederationLimits,
  type FederationOffer,
  type Federations,
  type Link,
  limitsSchema,
  linkSchema,
  offerSchema,
  podIdSchema,
} from './federation.ts';

/**
 * Pure, in the order that all agree on. An agreement is between two offers' ends: whoever made the offer, or took it up,
 * says anew who may ask; any admin changes the limits or ends it, and what has ended comes back by a new offer only.
 */
export function readFederations(entries: readonly Entry[], isAdmin: (peer: PeerId) => boolean): Federations {
  const offers = new Map<InviteId, FederationOffer>();
  const links = new Map<PodId, Federation>();
  const taken = new Set<InviteId>();

  const hearOffer = (id: InviteId, { value, author }: Entry) => {
    if (value === null) {
      taken.add(id);
      return;
    }
    const read = v.safeParse(offerSchema, value);
    if (read.success && !offers.has(id)) offers.set(id, { offer: id, by: author, ...read.output });
  };

  const hearLink = (pod: PodId, entry: Entry) => {
    const before = links.get(pod);
    if (entry.value === null) {
      if (before) links.delete(pod);
      return;
    }
    const read = v.safeParse(linkSchema, entry.value);
    if (!read.success) return;
    const link = read.output;
    if (before?.offer === link.offer) {
      if (before.signer === entry.author)
        links.set(pod, { ...linked(pod, link, entry), limits: before.limits });
      return;
    }
    const mine = link.proof !== undefined || offers.get(link.offer)?.by === entry.author;
    if (taken.has(link.offer) || !mine) return;
    taken.add(link.offer);
    links.set(pod, linked(pod, link, entry));
  };

  const hearLimits = (pod: PodId, { value }: Entry) => {
    const read = v.safeParse(limitsSchema, value);
    const link = links.get(pod);
    if (read.success && link) links.set(pod, { ...link, limits: read.output });
  };

  for (const entry of entries) {
    if (entry.topic !== 'federation') continue;
    const [kind, name = ''] = entry.key.split('/', 2);
    const pod = v.safeParse(podIdSchema, name);
    if (kind === 'offer') hearOffer(name as InviteId, entry);
    else if (kind === 'link' && pod.success) hearLink(pod.output, entry);
    else if (kind === 'limits' && pod.success) hearLimits(pod.output, entry);
  }
  return {
    federations: [...links.values()].filter(({ signer }) => isAdmin(signer)),
    federationOffers: [...offers.values()].filter(({ offer, by }) => !taken.has(offer) && isAdmin(by)),
  };
}

const linked = (pod: PodId, link: Link, { author, sequence }: Entry): Federation => ({
  pod,
  name: link.theirs.name,
  offer: link.offer,
  limits: link.limits satisfies FederationLimits,
  theirSigner: link.theirs.signer,
  contacts: link.theirs.contacts,
  signer: author,
  sequence,
  members: link.ours.members,
  until: link.until,
});
