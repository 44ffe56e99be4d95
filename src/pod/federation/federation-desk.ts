import type { PeerId, PodId } from '../../base/brand.ts';
import { fromBase64Url, toBase64Url } from '../../base/bytes.ts';
import type { Clock } from '../../base/clock.ts';
import { TabmeshError } from '../../base/error.ts';
import {
  federationPassMs,
  federationRenewMs,
  inviteCharactersMax,
  inviteContactsMax,
  inviteExpiresMs,
} from '../../base/limits.ts';
import type { Random } from '../../base/random.ts';
import { peerName } from '../../network/peer-name.ts';
import type { DocumentParts } from '../document/pod-document.ts';
import { checkEntrance, inviteIdOf, proveEntrance } from '../document/sealed.ts';
import type { InviteId, StatementBody } from '../document/statement.ts';
import type { DocumentView } from '../document/view.ts';
import { overRelays, relaysOf } from '../invite.ts';
import type { Membership } from '../membership.ts';
import type { Contact } from '../pod-message.ts';
import {
  type Federation,
  type FederationLimits,
  type Link,
  limitsKey,
  linkKey,
  type OfferPreview,
  offerKey,
  type Pass,
  type PodFederation,
} from './federation.ts';
import { fitted } from './fitted-contacts.ts';
import { NewestPasses } from './newest-passes.ts';
import { offerLink, parseOfferLink } from './offer-link.ts';
import { denied, type OpenPass, openPass } from './open-pass.ts';

export interface FederationDeskParts {
  readonly self: PeerId;
  readonly membership: Pick<Membership, 'group' | 'say' | 'contacts'>;
  readonly documents: Pick<DocumentParts, 'publicKeyOf' | 'date' | 'store'>;
  readonly clock: Clock;
  readonly random: Random;
}

/** Makes agreements with other pods, keeps what is said of our members in them true, and looks at what others show. */
export class FederationDesk implements PodFederation {
  readonly #parts: FederationDeskParts;
  readonly #newest: NewestPasses;
  #stopRenewing: (() => void) | undefined;

  constructor(parts: FederationDeskParts) {
    this.#parts = parts;
    this.#newest = new NewestPasses(parts.documents.store, parts.self);
  }

  async offer(page: string, limits: FederationLimits): Promise<string> {
    const { random, documents } = this.#parts;
    const { id, name } = this.#view();
    const secret = random.bytes(32);
    const expires = documents.date() + inviteExpiresMs;
    await this.#note(offerKey(inviteIdOf(secret)), { limits, expires });
    const contacts = this.contacts();
    const body = { pod: id, name, limits, expires, secret: toBase64Url(secret) };
    for (let count = inviteContactsMax; ; count--) {
      const named = fitted(contacts.slice(0, count));
      const link = offerLink(page, { ...body, contacts: named, relays: relaysOf(contacts.slice(0, count)) });
      if (count === 1 || link.length <= inviteCharactersMax) return link;
    }
  }

  preview(link: string): OfferPreview {
    const { name, contacts, limits, expires } = parseOfferLink(link);
    return { podName: name, signerName: peerName(contacts[0]!.peer), limits, expires };
  }

  async accept(text: string, limits: FederationLimits): Promise<void> {
    const { self, documents } = this.#parts;
    const { pod, name, contacts, relays, expires, secret } = parseOfferLink(text);
    const view = this.#view();
    if (pod === view.id) throw new TabmeshError('invalid', 'pod', 'This offer is of your own pod.');
    if (documents.date() > expires) throw denied('This offer has expired. Ask for a new one.');
    const key = fromBase64Url(secret);
    await this.#note(linkKey(pod), {
      offer: inviteIdOf(key),
      proof: proveEntrance(key, view.id, self),
      limits,
      theirs: {
        name,
        signer: contacts[0]!.peer,
        contacts: fitted(contacts.map(each => overRelays(each, relays))),
      },
      ...this.#ours(view),
    } satisfies Link);
  }

  async limit(pod: PodId, limits: FederationLimits): Promise<void> {
    this.#known(pod);
    await this.#note(limitsKey(pod), limits);
  }

  async end(of: PodId | InviteId): Promise<void> {
    const { federations, federationOffers } = this.#view();
    if (federations.some(({ pod }) => pod === of)) await this.#note(linkKey(of as PodId), null);
    else if (federationOffers.some(({ offer }) => offer === of))
      await this.#note(offerKey(of as InviteId), null);
    else throw notFederated();
  }

  async pass(pod: PodId): Promise<Pass | undefined> {
    const { group } = this.#parts.membership;
    const link = group?.document.view?.federations.find(each => each.pod === pod);
    if (!group || !link?.members.includes(this.#parts.self)) return undefined;
    const statement = await group.document.sealedAt({ author: link.signer, sequence: link.sequence });
    return statement && { pod: group.id, statement };
  }

  async admit(peer: PeerId, pass: Pass): Promise<Federation> {
    const { documents } = this.#parts;
    const view = this.#view();
    const shown = openPass(pass, view.id, peer, documents.date(), documents.publicKeyOf);
    const known = view.federations.find(({ pod, offer }) => pod === shown.pod && offer === shown.link.offer);
    if (!known) return this.#takeUp(view, shown);
    if (known.theirSigner !== shown.signer)
      throw denied('What was shown is not of the one who agreed to it.');
    const links = view.federations.map(({ offer }) => offer);
    if (!(await this.#newest.isNewest(view.id, known.offer, shown.sequence, links)))
      throw denied('Its pod has said something newer of its members.');
    return known;
  }

  contacts(): Contact[] {
    return this.#parts.membership.contacts();
  }

  /** After every change: where this peer has agreed to something, it says anew who of ours may ask. */
  look(): void {
    const stale = this.#stale();
    if (stale.length === 0 || this.#stopRenewing) return;
    // Members come in groups.
    this.#stopRenewing = this.#parts.clock.after(federationRenewMs, () => {
      this.#stopRenewing = undefined;
      // Whoever may not any more, or has no room to, leaves it as it was.
      void this.#renew().catch(() => {});
    });
  }

  close(): void {
    this.#stopRenewing?.();
  }

  async #renew(): Promise<void> {
    for (const each of this.#stale()) {
      const { offer, limits, name, theirSigner: signer, contacts } = each;
      const theirs = { name, signer, contacts: fitted(contacts) };
      await this.#note(linkKey(each.pod), {
        offer,
        limits,
        theirs,
        ...this.#ours(this.#view()),
      } satisfies Link);
    }
  }

  #stale(): readonly Federation[] {
    const { membership, self, documents } = this.#parts;
    const view = membership.group?.document.view;
    if (!view) return [];
    const members = membersOf(view).join();
    const soon = documents.date() + federationPassMs / 2;
    return view.federations.filter(
      link => link.signer === self && (link.members.join() !== members || link.until < soon),
    );
  }

  /** The first pod that shows an offer's proof has it, if the one who made it is asked. */
  async #takeUp(view: DocumentView, { pod, signer, link }: OpenPass): Promise<Federation> {
    const { self, documents } = this.#parts;
    const offer = view.federationOffers.find(each => each.offer === link.offer);
    if (!offer || !link.proof || documents.date() > offer.expires)
      throw denied('These pods are not federated (any more). Ask an admin of the other one for a new link.');
    checkEntrance(pod, { peer: signer, invite: link.offer, proof: link.proof });
    if (offer.by !== self)
      throw new TabmeshError(
        'unavailable',
        'pod',
        `${peerName(offer.by)}, who made this offer, has to be there once. Try again then.`,
      );
    const theirs = { name: link.ours.name, signer, contacts: fitted(link.ours.contacts) };
    const said = { offer: link.offer, limits: offer.limits, theirs, ...this.#ours(view) };
    await this.#note(linkKey(pod), said satisfies Link);
    return this.#known(pod);
  }

  #ours(view: DocumentView): Pick<Link, 'ours' | 'until'> {
    const contacts = fitted(this.contacts());
    const until = this.#parts.documents.date() + federationPassMs;
    return { ours: { name: view.name, contacts, members: membersOf(view) }, until };
  }

  #known(pod: PodId): Federation {
    const link = this.#view().federations.find(each => each.pod === pod);
    if (link) return link;
    throw notFederated();
  }

  #view(): DocumentView {
    const view = this.#parts.membership.group?.document.view;
    if (view) return view;
    throw new TabmeshError('invalid', 'pod', 'There is no pod yet. Create one first.');
  }

  #note(key: string, value: unknown): Promise<void> {
    return this.#parts.membership.say({
      kind: 'entry',
      topic: 'federation',
      key,
      value,
    } satisfies StatementBody);
  }
}

const membersOf = ({ members }: DocumentView): PeerId[] => members.map(({ peer }) => peer).sort();

const notFederated = () =>
  new TabmeshError(
    'not-found',
    'pod',
    'This pod is not federated with that one, and has made no such offer.',
  );
