/** What travels on /tabmesh/guest/1, decoded and checked: everything in here came from outside. */
import * as v from 'valibot';
import { errorKinds, TabmeshError } from '../../base/error.ts';
import {
  controlMessageBytesMax,
  peerNameBytesMax,
  podModelsMax,
  problemCharactersMax,
  textCharactersMax,
} from '../../base/limits.ts';
import type { Protocol } from '../../network/network.ts';
import { GuestMessage as WireMessage } from '../wire/guest.ts';

export const guestProtocol: Protocol = {
  name: '/tabmesh/guest/1',
  messageBytesMax: controlMessageBytesMax,
};

const bytes = (length: number) =>
  v.custom<Uint8Array<ArrayBuffer>>(
    value => value instanceof Uint8Array && value.length === length,
    `needs ${length} bytes`,
  );
const text = (max: number) => v.pipe(v.string(), v.nonEmpty(), v.maxLength(max));

const message = v.union([
  v.object({ hello: v.object({ pod: bytes(16), invite: bytes(32), proof: bytes(64) }) }),
  v.object({
    welcome: v.object({
      name: text(peerNameBytesMax),
      models: v.pipe(
        v.array(
          v.object({
            name: text(textCharactersMax),
            context: v.pipe(v.number(), v.safeInteger(), v.minValue(1)),
          }),
        ),
        v.maxLength(podModelsMax),
      ),
    }),
  }),
  v.object({
    refusal: v.object({
      kind: v.picklist(errorKinds),
      reason: v.pipe(v.string(), v.maxLength(problemCharactersMax)),
    }),
  }),
]);

export type GuestMessage = v.InferOutput<typeof message>;
export type Hello = Extract<GuestMessage, { hello: unknown }>['hello'];
export type Welcome = Extract<GuestMessage, { welcome: unknown }>['welcome'];

export const encodeGuest = (body: GuestMessage): Uint8Array => WireMessage.encode(body);

/** Throws TabmeshError('corrupt', 'router'). */
export function decodeGuest(encoded: Uint8Array): GuestMessage {
  try {
    return v.parse(message, WireMessage.decode(encoded, { limits: { welcome: { models: podModelsMax } } }));
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new TabmeshError('corrupt', 'router', `A message is malformed (${reason.slice(0, 200)}).`, {
      cause: error,
    });
  }
}
