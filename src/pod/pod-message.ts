/** What travels on /tabmesh/pod/3, decoded and checked: everything in here came from outside. */
import * as v from 'valibot';
import type { ModelId, PeerId } from '../base/brand.ts';
import { errorKinds, TabmeshError } from '../base/error.ts';
import {
  addressCharactersMax,
  addressesPerPeerMax,
  controlMessageBytesMax,
  documentPartBytesMax,
  heldRangesMax,
  inviteContactsMax,
  inviteUsesMax,
  layerCountMax,
  peerNameBytesMax,
  podAuthorsMax,
  podKeysMax,
  podMembersMax,
  podModelsMax,
  problemCharactersMax,
  relaysPerInviteMax,
  roundTripMsMax,
  speedNanosPerMBMax,
  statementBytesMax,
  statementsPerAuthorMax,
  textCharactersMax,
} from '../base/limits.ts';
import type { Protocol } from '../network/network.ts';
import type { InviteRole } from './document/statement.ts';
import { Invite as WireInvite, PodMessage as WireMessage } from './wire/pod.ts';

export const podProtocol: Protocol = {
  name: '/tabmesh/pod/3',
  // All that is in version 3 reads as version 2, whose peers say in addition how they would spread the plans: nobody hears it.
  older: ['/tabmesh/pod/2'],
  messageBytesMax: controlMessageBytesMax,
  // Heartbeats that come late are taken for a departure.
  urgent: true,
};

const bytesOf = (length: number) =>
  v.custom<Uint8Array<ArrayBuffer>>(
    value => value instanceof Uint8Array && value.length === length,
    `needs ${length} bytes`,
  );
const text = (max: number) => v.pipe(v.string(), v.nonEmpty(), v.maxLength(max));
const model = v.pipe(
  text(textCharactersMax),
  v.transform(id => id as ModelId),
);
const whole = v.pipe(v.number(), v.safeInteger(), v.minValue(0));
const layer = v.pipe(whole, v.maxValue(layerCountMax));

const contact = v.object({
  peer: v.pipe(
    text(128),
    v.transform(id => id as PeerId),
  ),
  addresses: v.pipe(v.array(text(addressCharactersMax)), v.maxLength(addressesPerPeerMax)),
});
/** As they are kept, too. */
export const contacts = v.pipe(v.array(contact), v.maxLength(podMembersMax));

const held = v.pipe(
  v.object({ model, first: layer, last: layer }),
  v.check(range => range.first < range.last, 'an empty range of layers'),
);

const problem = v.object({
  model,
  kind: v.picklist(errorKinds),
  reason: v.pipe(v.string(), v.maxLength(problemCharactersMax)),
  out: v.boolean(),
});

const nanosPerMB = v.pipe(whole, v.maxValue(speedNanosPerMBMax));
const speed = v.object({
  rowNanosPerMB: v.pipe(nanosPerMB, v.minValue(1)),
  chunkNanosPerMB: nanosPerMB,
});

const roundTrip = v.object({
  peer: contact.entries.peer,
  ms: v.pipe(whole, v.maxValue(2 * roundTripMsMax)),
});

const record = v.object({
  deviceKind: v.picklist(['cpu', 'webgpu']),
  deviceName: text(textCharactersMax),
  deviceNote: v.pipe(v.string(), v.maxLength(textCharactersMax)),
  memoryBytes: whole,
  addresses: contact.entries.addresses,
  holds: v.pipe(v.array(held), v.maxLength(heldRangesMax)),
  loading: v.exactOptional(v.object({ model, bytes: whole, totalBytes: whole })),
  models: v.pipe(
    v.array(v.object({ model, name: text(textCharactersMax), rank: v.pipe(whole, v.maxValue(2 ** 31)) })),
    v.maxLength(podModelsMax),
  ),
  problems: v.pipe(v.array(problem), v.maxLength(podModelsMax)),
  speed: v.exactOptional(speed),
  hidden: v.boolean(),
  roundTrips: v.pipe(v.array(roundTrip), v.maxLength(podMembersMax)),
});

const nonce = bytesOf(32);
const bytesUpTo = (max: number) =>
  v.custom<Uint8Array<ArrayBuffer>>(
    value => value instanceof Uint8Array && value.length <= max,
    `needs at most ${max} bytes`,
  );
const keys = v.pipe(v.array(bytesOf(32)), v.maxLength(podKeysMax));
const count = v.pipe(whole, v.maxValue(statementsPerAuthorMax));
const heads = v.object({
  heads: v.pipe(
    v.array(
      v.object({
        author: contact.entries.peer,
        count,
        sound: count,
        hash: v.union([bytesOf(32), bytesOf(0)]),
      }),
    ),
    v.maxLength(podAuthorsMax),
  ),
});
const entrance = v.object({ invite: bytesOf(32), proof: bytesOf(64) });
const introduction = v.object({ record, contacts });

const message = v.union([
  v.object({
    hello: v.object({ pod: bytesOf(16), nonce, keys, entrance: v.exactOptional(entrance) }),
  }),
  v.object({ admission: v.object({ keys }) }),
  v.object({ challenge: v.object({ nonce, key: bytesOf(32), proof: bytesOf(32), heads }) }),
  v.object({ proof: v.object({ proof: bytesOf(32), heads }) }),
  v.object({ present: introduction }),
  v.object({ welcome: introduction }),
  v.object({ refusal: v.object({ kind: text(32), reason: v.pipe(v.string(), v.maxLength(4096)) }) }),
  v.object({ announce: record }),
  v.object({ heartbeat: v.object({}) }),
  v.object({ goodbye: v.object({}) }),
  v.object({ contacts: v.object({ contacts }) }),
  v.object({ heads }),
  v.object({ update: v.object({ part: bytesUpTo(documentPartBytesMax), last: v.boolean() }) }),
  v.object({ fork: v.object({ statement: bytesUpTo(statementBytesMax) }) }),
  v.object({ key: v.object({ secret: bytesOf(32) }) }),
]);

const inviteRoles = ['admin', 'member', 'viewer'] as const satisfies readonly InviteRole[];
const invite = v.object({
  pod: bytesOf(16),
  name: text(peerNameBytesMax),
  secret: bytesOf(32),
  inviterName: text(peerNameBytesMax),
  contacts: v.pipe(v.array(contact), v.minLength(1), v.maxLength(inviteContactsMax)),
  relays: v.pipe(v.array(text(addressCharactersMax)), v.maxLength(relaysPerInviteMax)),
  role: v.picklist(inviteRoles),
  uses: v.pipe(whole, v.minValue(1), v.maxValue(inviteUsesMax)),
  expires: whole,
  models: v.pipe(
    v.array(v.object({ name: text(textCharactersMax), layerBytes: whole, headBytes: whole })),
    v.maxLength(podModelsMax),
  ),
  lentBytes: whole,
});

export type Contact = v.InferOutput<typeof contact>;
export type WireRecord = v.InferOutput<typeof record>;
export type Offer = v.InferOutput<typeof invite>['models'][number];
export type Invite = v.InferOutput<typeof invite>;
export type PodMessage = v.InferOutput<typeof message>;
export type WireHello = Extract<PodMessage, { hello: unknown }>['hello'];
export type WireHeads = v.InferOutput<typeof heads>['heads'];
export type Entrance = v.InferOutput<typeof entrance>;

const recordLimits = {
  addresses: addressesPerPeerMax,
  holds: heldRangesMax,
  models: podModelsMax,
  problems: podModelsMax,
  roundTrips: podMembersMax,
};
const contactLimits = { contacts: podMembersMax, contacts$: { addresses: addressesPerPeerMax } };

/** As many addresses of each as leave room for a record in the same message; the first are the owner's best. */
export function fitContacts(contacts: readonly Contact[]): Contact[] {
  const characters = (contact: Contact) => contact.addresses.reduce((sum, each) => sum + each.length, 0);
  for (let most = addressesPerPeerMax; ; most--) {
    const fitted = contacts.map(({ peer, addresses }) => ({ peer, addresses: addresses.slice(0, most) }));
    const total = fitted.reduce((sum, each) => sum + characters(each), 0);
    if (most === 1 || total <= controlMessageBytesMax / 4) return fitted;
  }
}

export const encodePodMessage = (body: PodMessage): Uint8Array => WireMessage.encode(body);

/** Throws TabmeshError('corrupt', 'pod'). */
export function decodePodMessage(bytes: Uint8Array): PodMessage {
  return checked('pod message', message, () =>
    WireMessage.decode(bytes, {
      limits: {
        hello: { keys: podKeysMax },
        admission: { keys: podKeysMax },
        challenge: { heads: { heads: podAuthorsMax } },
        proof: { heads: { heads: podAuthorsMax } },
        heads: { heads: podAuthorsMax },
        present: { record: recordLimits, ...contactLimits },
        welcome: { record: recordLimits, ...contactLimits },
        announce: recordLimits,
        contacts: contactLimits,
      },
    }),
  );
}

export const encodeInvite = (body: Invite): Uint8Array => WireInvite.encode(body);

/** Throws TabmeshError('corrupt', 'pod'). */
export function decodeInvite(bytes: Uint8Array): Invite {
  return checked('invite', invite, () =>
    WireInvite.decode(bytes, {
      limits: { ...contactLimits, relays: relaysPerInviteMax, models: podModelsMax },
    }),
  );
}

function checked<S extends v.GenericSchema>(
  what: string,
  schema: S,
  decode: () => unknown,
): v.InferOutput<S> {
  try {
    return v.parse(schema, decode());
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new TabmeshError('corrupt', 'pod', `This ${what} is malformed (${reason}).`, { cause: error });
  }
}
