/** What travels on /tabmesh/complete/1, decoded and checked: everything in here came from outside. */
import * as v from 'valibot';
import type { PeerId, PodId } from '../../base/brand.ts';
import { fromHex, toHex } from '../../base/bytes.ts';
import { errorKinds, TabmeshError } from '../../base/error.ts';
import {
  addressCharactersMax,
  addressesPerPeerMax,
  completePieceBytes,
  completeTextCharacters,
  controlMessageBytesMax,
  podMembersMax,
  podModelsMax,
  requestBodyBytesMax,
  statementBytesMax,
  textCharactersMax,
} from '../../base/limits.ts';
import type { Protocol } from '../../network/network.ts';
import type { Pass } from '../../pod/federation/federation.ts';
import { CompleteMessage as WireMessage } from '../wire/complete.ts';

export const completeProtocol: Protocol = {
  name: '/tabmesh/complete/1',
  messageBytesMax: controlMessageBytesMax,
};

const bytes = (least: number, most: number) =>
  v.custom<Uint8Array<ArrayBuffer>>(
    value => value instanceof Uint8Array && least <= value.length && value.length <= most,
    `needs ${least} to ${most} bytes`,
  );
const text = v.pipe(v.string(), v.maxLength(completeTextCharacters));
const name = v.pipe(v.string(), v.maxLength(textCharactersMax));
const whole = v.pipe(v.number(), v.safeInteger(), v.minValue(0));

const pass = v.object({ pod: bytes(16, 16), statement: bytes(1, statementBytesMax) });
const contact = v.object({
  peer: v.pipe(
    v.string(),
    v.nonEmpty(),
    v.maxLength(128),
    v.transform(id => id as PeerId),
  ),
  addresses: v.pipe(
    v.array(v.pipe(v.string(), v.nonEmpty(), v.maxLength(addressCharactersMax))),
    v.maxLength(addressesPerPeerMax),
  ),
});

const message = v.union([
  v.object({
    ask: v.object({
      id: bytes(16, 16),
      from: v.pipe(v.string(), v.maxLength(32)),
      total: v.pipe(whole, v.minValue(1), v.maxValue(requestBodyBytesMax)),
      pass: v.exactOptional(pass),
    }),
  }),
  v.object({ piece: v.object({ bytes: bytes(1, completePieceBytes) }) }),
  v.object({ route: v.object({ provider: name }) }),
  v.object({ text: v.object({ text }) }),
  v.object({ toolCall: v.object({ index: whole, id: name, name }) }),
  v.object({ toolArguments: v.object({ index: whole, text }) }),
  v.object({ bill: v.object({ cost: whole, spent: whole }) }),
  v.object({
    end: v.object({
      reason: v.picklist(['stop', 'length', 'tool-calls']),
      promptTokens: whole,
      cachedTokens: whole,
      completionTokens: whole,
    }),
  }),
  v.object({ greet: v.object({ pass }) }),
  v.object({
    terms: v.object({
      models: v.pipe(v.array(v.pipe(name, v.nonEmpty())), v.maxLength(podModelsMax)),
      contacts: v.pipe(v.array(contact), v.maxLength(podMembersMax)),
    }),
  }),
  v.object({ failure: v.object({ kind: v.picklist(errorKinds), reason: name, retryAfterMs: whole }) }),
]);

export type CompleteMessage = v.InferOutput<typeof message>;
export type Terms = Extract<CompleteMessage, { terms: unknown }>['terms'];
export type Bill = Extract<CompleteMessage, { bill: unknown }>['bill'];

type WirePass = v.InferOutput<typeof pass>;
export const toWirePass = ({ pod, statement }: Pass): WirePass => ({ pod: fromHex(pod), statement });
export const fromWirePass = ({ pod, statement }: WirePass): Pass => ({ pod: toHex(pod) as PodId, statement });

export const encodeComplete = (body: CompleteMessage): Uint8Array => WireMessage.encode(body);

const limits = {
  terms: { models: podModelsMax, contacts: podMembersMax, contacts$: { addresses: addressesPerPeerMax } },
};

/** Throws TabmeshError('corrupt', 'router'). */
export function decodeComplete(encoded: Uint8Array): CompleteMessage {
  try {
    return v.parse(message, WireMessage.decode(encoded, { limits }));
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new TabmeshError('corrupt', 'router', `A message is malformed (${reason.slice(0, 200)}).`, {
      cause: error,
    });
  }
}

/** In order, each as long as a message takes; no character is cut in two. */
export function* textPieces(whole: string): Generator<string, void, void> {
  for (let at = 0; at < whole.length; ) {
    let end = at + completeTextCharacters;
    const last = whole.charCodeAt(end - 1);
    if (end < whole.length && last >= 0xd800 && last <= 0xdbff) end -= 1;
    yield whole.slice(at, end);
    at = end;
  }
}
