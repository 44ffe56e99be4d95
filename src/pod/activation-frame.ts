/** What travels on /tabmesh/activation/3, decoded and checked: everything in here came from outside. */
import * as v from 'valibot';
import type { ModelId, PeerId, SessionId } from '../base/brand.ts';
import { toHex } from '../base/bytes.ts';
import { errorKinds, TabmeshError } from '../base/error.ts';
import {
  contextPositionsMax,
  frameBytesMax,
  hopsMax,
  layerCountMax,
  partialBytesMax,
  prefillRows,
  stepsMax,
  textCharactersMax,
} from '../base/limits.ts';
import type { Protocol } from '../network/network.ts';
import { Frame as WireFrame } from './wire/activation.ts';

export const activationProtocol: Protocol = {
  name: '/tabmesh/activation/3',
  messageBytesMax: frameBytesMax,
  urgent: true,
};

const whole = (max: number) => v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(max));
const peer = v.pipe(
  v.string(),
  v.nonEmpty(),
  v.maxLength(128),
  v.transform(id => id as PeerId),
);
const session = v.pipe(
  v.custom<Uint8Array>(value => value instanceof Uint8Array && value.length === 16, 'needs 16 bytes'),
  v.transform(bytes => toHex(bytes) as SessionId),
);
const address = { session, hop: whole(hopsMax) };
/** A stage sends its rows on to the next hop, which must be one too. */
const opening = { session, hop: whole(hopsMax - 1) };

const openFields = v.object({
  model: v.pipe(
    v.string(),
    v.nonEmpty(),
    v.maxLength(textCharactersMax),
    v.transform(id => id as ModelId),
  ),
  first: whole(layerCountMax),
  last: whole(layerCountMax),
  capacity: v.pipe(whole(contextPositionsMax), v.minValue(1)),
  previous: peer,
  next: peer,
  final: v.boolean(),
});
const open = v.pipe(
  openFields,
  v.check(({ first, last }) => first < last, 'needs layers'),
);
const rows = v.object({
  position: whole(contextPositionsMax),
  count: v.pipe(whole(prefillRows), v.minValue(1)),
  bytes: v.pipe(whole(partialBytesMax), v.minValue(2)),
  offset: whole(partialBytesMax),
  part: v.custom<Uint8Array>(value => value instanceof Uint8Array && value.length > 0, 'needs bytes'),
  shift: whole(112),
  step: v.pipe(whole(stepsMax), v.minValue(1)),
  all: v.boolean(),
  until: whole(hopsMax),
});
const frame = v.union([
  v.object({ ...opening, open }),
  v.object({ ...address, opened: v.object({}) }),
  v.object({ ...address, rows }),
  v.object({ ...address, rest: v.object({ length: whole(contextPositionsMax) }) }),
  v.object({ ...address, close: v.object({}) }),
  v.object({
    ...address,
    fault: v.object({
      kind: v.picklist(errorKinds),
      reason: v.pipe(v.string(), v.maxLength(4096)),
      missing: v.pipe(
        v.string(),
        v.maxLength(128),
        v.transform(id => id as PeerId | ''),
      ),
    }),
  }),
  v.object({ ...opening, listen: v.object({ previous: peer }) }),
  v.object({ ...address, listening: v.object({ previous: peer, step: whole(stepsMax) }) }),
  v.object({
    ...opening,
    replay: v.object({ next: peer, had: whole(stepsMax), until: v.pipe(whole(hopsMax), v.minValue(1)) }),
  }),
  v.object({ ...address, severed: v.object({ peer }) }),
]);

export type Frame = v.InferOutput<typeof frame>;
export type OpenBody = v.InferOutput<typeof open>;
export type RowsBody = v.InferOutput<typeof rows>;
export type FaultBody = Extract<Frame, { fault: unknown }>['fault'];
export type ReplayBody = Extract<Frame, { replay: unknown }>['replay'];

const idBytes = (id: SessionId): Uint8Array<ArrayBuffer> =>
  Uint8Array.from({ length: 16 }, (_, index) => Number.parseInt(id.slice(2 * index, 2 * index + 2), 16));

export const encodeFrame = (body: Frame): Uint8Array =>
  WireFrame.encode({ ...(body as object), session: idBytes(body.session), hop: body.hop } as WireFrame);

/** Throws TabmeshError('corrupt', 'pod'). */
export function decodeFrame(bytes: Uint8Array): Frame {
  try {
    return v.parse(frame, WireFrame.decode(bytes));
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new TabmeshError('corrupt', 'pod', `A frame is malformed (${reason}).`, { cause: error });
  }
}
