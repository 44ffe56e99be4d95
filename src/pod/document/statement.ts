/** What members say in the pod's document. A statement is signed by its author and never changed or taken back. */
import * as v from 'valibot';
import type { Brand, PeerId } from '../../base/brand.ts';
import {
  entryKeyCharactersMax,
  inviteUsesMax,
  peerNameBytesMax,
  podAuthorsMax,
  statementHeaderBytesMax,
  statementKindCharactersMax,
  statementsPerAuthorMax,
} from '../../base/limits.ts';

/** From most to least: each may do what those after it may. */
export const roles = ['owner', 'admin', 'member', 'viewer'] as const;
export type Role = (typeof roles)[number];
/** Whom an invite can make of somebody; owners are made by the founder alone. */
export type InviteRole = Exclude<Role, 'owner'>;

/** The public half of an invite's key, base64url. */
export type InviteId = Brand<string, 'InviteId'>;
/** The SHA-256 of one of the pod's keys, base64url: names it without telling it. */
export type KeyId = Brand<string, 'KeyId'>;
/** The SHA-256 of a statement, base64url. */
export type StatementHash = Brand<string, 'StatementHash'>;

/**
 * Rooms that keep something of their own in the document say it as entries: `topic` decides who may (see entryRoles),
 * `key` and `value` are theirs. Whoever reads them checks the value against a schema of its own.
 */
export const entryTopics = ['setting', 'budget', 'spending', 'federation'] as const;
export type EntryTopic = (typeof entryTopics)[number];
/** The least role that may write each. */
export const entryRoles: Record<EntryTopic, Role> = {
  /** Of its plans (pod/plan-settings.ts). */
  setting: 'admin',
  /** What the treasury may spend, and who gets which part of it. */
  budget: 'admin',
  /** What a member does with its own part: each writes of itself alone. */
  spending: 'member',
  federation: 'admin',
};

const text = (max: number) => v.pipe(v.string(), v.nonEmpty(), v.maxLength(max));
const base64Url = (bytes: number) =>
  v.pipe(v.string(), v.regex(/^[\w-]+$/), v.length(Math.ceil(bytes / 0.75)));
const peer = v.pipe(
  text(128),
  v.transform(id => id as PeerId),
);
const inviteId = v.pipe(
  base64Url(32),
  v.transform(id => id as InviteId),
);
const keyId = v.pipe(
  base64Url(32),
  v.transform(id => id as KeyId),
);
const hash = v.pipe(
  base64Url(32),
  v.transform(id => id as StatementHash),
);
const name = text(peerNameBytesMax);
const whole = v.pipe(v.number(), v.safeInteger(), v.minValue(0));
const counted = v.pipe(whole, v.minValue(1), v.maxValue(statementsPerAuthorMax));
/** Signature and header of a statement, base64url. */
const signedHeader = v.pipe(
  v.string(),
  v.regex(/^[\w-]+$/),
  v.maxLength(Math.ceil(statementHeaderBytesMax / 0.75)),
);

const body = v.variant('kind', [
  /** The first of all; the pod's id is the beginning of its hash. `nonce` makes each pod another one. */
  v.strictObject({ kind: v.literal('found'), name, nonce: base64Url(16), key: keyId }),
  v.strictObject({ kind: v.literal('rename'), name }),
  /** `expires`: milliseconds since 1970; 0 is never. */
  v.strictObject({
    kind: v.literal('invite'),
    invite: inviteId,
    role: v.picklist(['admin', 'member', 'viewer']),
    uses: v.pipe(whole, v.minValue(1), v.maxValue(inviteUsesMax)),
    expires: whole,
  }),
  v.strictObject({ kind: v.literal('revoke'), invite: inviteId }),
  /** The author let `peer` in. `proof` is the invite's signature over the pod and the peer, so nobody can make it up. */
  v.strictObject({ kind: v.literal('admit'), peer, invite: inviteId, proof: base64Url(64) }),
  v.strictObject({ kind: v.literal('role'), peer, role: v.picklist(roles) }),
  /** `key` names the new key of the pod, which `peer` is not given. */
  v.strictObject({ kind: v.literal('remove'), peer, key: keyId }),
  v.strictObject({ kind: v.literal('leave') }),
  v.strictObject({ kind: v.literal('dissolve') }),
  /** Nothing but whom its author knows, where those are too many for one statement. */
  v.strictObject({ kind: v.literal('seen') }),
  /** Two statements that one author has signed with the same number: it says one thing here and another there. */
  v.strictObject({ kind: v.literal('lie'), first: signedHeader, second: signedHeader }),
  v.strictObject({
    kind: v.literal('entry'),
    topic: v.picklist(entryTopics),
    key: text(entryKeyCharactersMax),
    /** Any JSON; what fits a statement. */
    value: v.unknown(),
  }),
]);

/**
 * What a later version of the program says: an unknown kind, or an entry of an unknown topic. Its author is no liar for it, so it
 * is kept and passed on as it is, within the limits of all others, and has no effect here.
 */
const laterBody = v.pipe(
  v.looseObject({ kind: text(statementKindCharactersMax) }),
  v.transform(({ kind }) => ({ kind: 'later' as const, said: kind })),
);
const kinds: ReadonlySet<unknown> = new Set(body.options.map(({ entries }) => entries.kind.literal));
const topics: ReadonlySet<unknown> = new Set(entryTopics);
function isLater(said: unknown): boolean {
  const { kind, topic } = (said ?? {}) as { readonly kind?: unknown; readonly topic?: unknown };
  return !kinds.has(kind) || (kind === 'entry' && typeof topic === 'string' && !topics.has(topic));
}

/** What is signed. `content` is the SHA-256 of the rest, so that a proof of lying need not repeat that. */
export const headerSchema = v.strictObject({
  /** Empty for the statement that founds a pod. */
  pod: v.pipe(v.string(), v.regex(/^([0-9a-f]{32})?$/)),
  author: peer,
  /** 1, 2, 3, ... for each author. */
  sequence: counted,
  /** The author's statement before; empty for its first. */
  previous: v.union([hash, v.literal('')]),
  content: base64Url(32),
});

export const contentSchema = v.strictObject({
  /** How many statements of others the author knew, where that is more than at its statement before. */
  seen: v.pipe(v.array(v.strictTuple([peer, counted])), v.maxLength(podAuthorsMax)),
  /** The author's clock, milliseconds since 1970. */
  at: whole,
  body: v.lazy<typeof body | typeof laterBody>(said => (isLater(said) ? laterBody : body)),
});

export type StatementHeader = v.InferOutput<typeof headerSchema>;
export type StatementContent = v.InferOutput<typeof contentSchema>;
export type StatementBody = v.InferOutput<typeof body>;

/** Authentic: the signature was checked, and whatever proof its body carries. */
export interface Statement extends Omit<StatementHeader, 'content'>, StatementContent {
  /** Of its header. */
  readonly hash: StatementHash;
  /** Of a 'lie': whose, and from which of its statements on. */
  readonly lie?: { readonly author: PeerId; readonly sequence: number };
}
