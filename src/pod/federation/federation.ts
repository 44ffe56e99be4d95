/** Two pods that answer each other's members, as the pod's document says it and as people see it. */
import * as v from 'valibot';
import type { PeerId, PodId } from '../../base/brand.ts';
import {
  federationAddressCharactersMax,
  federationAddressesMax,
  federationRequestsMax,
  federationTokensMax,
  inviteContactsMax,
  peerNameBytesMax,
  podMembersMax,
} from '../../base/limits.ts';
import type { InviteId } from '../document/statement.ts';
import type { Contact } from '../pod-message.ts';

const whole = (max: number) => v.pipe(v.number(), v.safeInteger(), v.minValue(0), v.maxValue(max));
const peer = v.pipe(
  v.string(),
  v.nonEmpty(),
  v.maxLength(128),
  v.transform(id => id as PeerId),
);
const key = v.pipe(
  v.string(),
  v.regex(/^[\w-]{43}$/),
  v.transform(id => id as InviteId),
);
const proof = v.pipe(v.string(), v.regex(/^[\w-]{86}$/));
export const podIdSchema = v.pipe(
  v.string(),
  v.regex(/^[0-9a-f]{32}$/),
  v.transform(id => id as PodId),
);
export const podName = v.pipe(v.string(), v.nonEmpty(), v.maxLength(peerNameBytesMax));
/** Fewer and shorter than an invite has them, so that the statement that holds them stays within its limit. */
export const contactsSchema = v.pipe(
  v.array(
    v.strictObject({
      peer,
      addresses: v.pipe(
        v.array(v.pipe(v.string(), v.nonEmpty(), v.maxLength(federationAddressCharactersMax))),
        v.maxLength(federationAddressesMax),
      ),
    }),
  ),
  v.maxLength(inviteContactsMax),
);

/** What the members of the other pod may ask here, all together. */
export const limitsSchema = v.strictObject({
  requestsPerMinute: whole(federationRequestsMax),
  /** Of prompts and answers; a day is UTC's. */
  tokensPerDay: whole(federationTokensMax),
});
export type FederationLimits = v.InferOutput<typeof limitsSchema>;

export const offerSchema = v.strictObject({ limits: limitsSchema, expires: whole(Number.MAX_SAFE_INTEGER) });

/**
 * What one pod says of its agreement with another, under the other's id. Its author's peer alone says it anew; the other
 * pod takes that statement, and no other, for a list of who may ask it.
 */
export const linkSchema = v.strictObject({
  offer: key,
  /** Of the side that took up the offer: that it held the offer's key. */
  proof: v.exactOptional(proof),
  limits: limitsSchema,
  theirs: v.strictObject({ name: podName, signer: peer, contacts: contactsSchema }),
  ours: v.strictObject({
    name: podName,
    contacts: contactsSchema,
    members: v.pipe(v.array(peer), v.maxLength(podMembersMax)),
  }),
  /** Milliseconds since 1970: whom `ours` names may ask until then. */
  until: whole(Number.MAX_SAFE_INTEGER),
});
export type Link = v.InferOutput<typeof linkSchema>;

export const offerKey = (offer: InviteId): string => `offer/${offer}`;
export const linkKey = (pod: PodId): string => `link/${pod}`;
export const limitsKey = (pod: PodId): string => `limits/${pod}`;

/** Nobody has taken it up. */
export interface FederationOffer {
  readonly offer: InviteId;
  readonly limits: FederationLimits;
  /** Milliseconds since 1970. */
  readonly expires: number;
  readonly by: PeerId;
}

export interface Federation {
  readonly pod: PodId;
  readonly name: string;
  readonly offer: InviteId;
  /** What they may ask here. */
  readonly limits: FederationLimits;
  /** Whose statements name the members of the other pod. */
  readonly theirSigner: PeerId;
  readonly contacts: readonly Contact[];
  /** Who has agreed to it here, and the statement that says so. */
  readonly signer: PeerId;
  readonly sequence: number;
  /** Of ours who may ask there, and until when (milliseconds since 1970). */
  readonly members: readonly PeerId[];
  readonly until: number;
}

export interface Federations {
  readonly federations: readonly Federation[];
  readonly federationOffers: readonly FederationOffer[];
}

/** A member of another pod shows this statement of that pod's signer. */
export interface Pass {
  readonly pod: PodId;
  readonly statement: Uint8Array<ArrayBuffer>;
}

export interface OfferPreview {
  readonly podName: string;
  readonly signerName: string;
  /** What it lets the other pod ask. */
  readonly limits: FederationLimits;
  /** Milliseconds since 1970. */
  readonly expires: number;
}

/** What two pods grant each other. All but `preview`, `pass` and `admit` reject with 'denied' where this peer's role may not. */
export interface PodFederation {
  /** A link for an owner or admin of one other pod, good for 72 h; it holds once this peer has met the one who takes it up. */
  offer(page: string, limits: FederationLimits): Promise<string>;
  /** What a link promises, with nothing sent to anybody. Throws TabmeshError('invalid', 'pod'). */
  preview(link: string): OfferPreview;
  /** Takes an offer up; `limits` are for them. */
  accept(link: string, limits: FederationLimits): Promise<void>;
  /** Gives the other pod other limits. */
  limit(pod: PodId, limits: FederationLimits): Promise<void>;
  /** Ends it for both, or takes back an offer. */
  end(of: PodId | InviteId): Promise<void>;
  /** What this peer shows to members of `pod`; undefined where it is not named in it. */
  pass(pod: PodId): Promise<Pass | undefined>;
  /**
   * The agreement by which `peer`, a member of another pod, may ask here. Makes it where the pass takes up an offer of this
   * peer. Rejects with TabmeshError('denied' | 'unavailable', 'pod').
   */
  admit(peer: PeerId, pass: Pass): Promise<Federation>;
  /** For members of the other pod: this peer, then ours that are here, then those that broke off. */
  contacts(): Contact[];
}
