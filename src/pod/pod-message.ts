/** What travels on /tabmesh/pod/1, decoded and checked: everything in here came from outside. */
import * as v from 'valibot';
import type { ModelId, PeerId } from '../base/brand.ts';
import { errorKinds, TabmeshError } from '../base/error.ts';
import {
  addressCharactersMax,
  addressesPerPeerMax,
  controlMessageBytesMax,
  heldRangesMax,
  inviteContactsMax,
  layerCountMax,
  peerNameBytesMax,
  podMembersMax,
  podModelsMax,
  problemCharactersMax,
  roundTripMsMax,
  speedNanosPerMBMax,
  textCharactersMax,
} from '../base/limits.ts';
import type { Protocol } from '../network/network.ts';
import { spreadVersionMax } from './spread.ts';
import { Invite as WireInvite, PodMessage as WireMessage } from './wire/pod.ts';

export const podProtocol: Protocol = {
  name: '/tabmesh/pod/1',
  messageBytesMax: controlMessageBytesMax,
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
const contacts = v.pipe(v.array(contact), v.maxLength(podMembersMax));

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
  spreadsWide: v.boolean(),
  spreadVersion: v.pipe(whole, v.maxValue(spreadVersionMax)),
});

const nonce = bytesOf(32);
const message = v.union([
  v.object({ hello: v.object({ pod: bytesOf(16), nonce }) }),
  v.object({ challenge: v.object({ nonce, proof: bytesOf(32) }) }),
  v.object({ proof: v.object({ proof: bytesOf(32), record, contacts }) }),
  v.object({ welcome: v.object({ record, contacts }) }),
  v.object({ refusal: v.object({ kind: text(32), reason: v.pipe(v.string(), v.maxLength(4096)) }) }),
  v.object({ announce: record }),
  v.object({ heartbeat: v.object({}) }),
  v.object({ goodbye: v.object({}) }),
  v.object({ contacts: v.object({ contacts }) }),
]);

const invite = v.object({
  pod: bytesOf(16),
  name: text(peerNameBytesMax),
  secret: bytesOf(32),
  inviterName: text(peerNameBytesMax),
  contacts: v.pipe(v.array(contact), v.minLength(1), v.maxLength(inviteContactsMax)),
  models: v.pipe(v.array(text(textCharactersMax)), v.maxLength(podModelsMax)),
});

export type Contact = v.InferOutput<typeof contact>;
export type WireRecord = v.InferOutput<typeof record>;
export type Invite = v.InferOutput<typeof invite>;
export type PodMessage = v.InferOutput<typeof message>;

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
        proof: { record: recordLimits, ...contactLimits },
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
    WireInvite.decode(bytes, { limits: { ...contactLimits, models: podModelsMax } }),
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
