/** What travels on /tabmesh/slice/2, decoded and checked: everything in here came from outside. */
import * as v from 'valibot';
import type { ModelId } from '../base/brand.ts';
import { errorKinds, TabmeshError } from '../base/error.ts';
import {
  chunkBytesMax,
  controlMessageBytesMax,
  fileBytesMax,
  manifestBytesMax,
  manifestPartsMax,
  problemCharactersMax,
  sliceEntriesMax,
  slicePieceBytes,
  textCharactersMax,
} from '../base/limits.ts';
import type { Protocol } from '../network/network.ts';
import {
  Manifest as WireManifest,
  SliceMessage as WireMessage,
  Statement as WireStatement,
} from './wire/slice.ts';

export const sliceProtocol: Protocol = {
  name: '/tabmesh/slice/2',
  // Its peers pass over `verified`, and are taken to have verified nothing.
  older: ['/tabmesh/slice/1'],
  messageBytesMax: controlMessageBytesMax,
  bulk: true,
};

const bytes = (least: number, most: number) =>
  v.custom<Uint8Array<ArrayBuffer>>(
    value => value instanceof Uint8Array && least <= value.length && value.length <= most,
    `needs ${least} to ${most} bytes`,
  );
const model = v.pipe(
  v.string(),
  v.nonEmpty(),
  v.maxLength(textCharactersMax),
  v.transform(id => id as ModelId),
);
const place = v.pipe(v.number(), v.safeInteger(), v.minValue(0), v.maxValue(fileBytesMax));
const id = v.pipe(v.number(), v.safeInteger(), v.minValue(0), v.maxValue(2 ** 32 - 1));
const isChunk = ({ start, end }: { start: number; end: number }) =>
  start < end && end - start <= chunkBytesMax;

const message = v.union([
  v.object({ ask: v.object({ model }) }),
  v.object({
    inventory: v.object({
      statement: bytes(0, controlMessageBytesMax),
      signature: bytes(64, 64),
      more: v.boolean(),
    }),
  }),
  v.object({
    want: v.pipe(
      v.object({ id, model, start: place, end: place }),
      v.check(want => isChunk(want) || (want.start === 0 && want.end === 0), 'no range of a chunk'),
    ),
  }),
  v.object({
    piece: v.object({
      id,
      total: v.pipe(
        v.number(),
        v.safeInteger(),
        v.minValue(1),
        v.maxValue(Math.max(chunkBytesMax, manifestBytesMax)),
      ),
      bytes: bytes(1, slicePieceBytes),
    }),
  }),
  v.object({
    refusal: v.object({
      id,
      kind: v.picklist(errorKinds),
      reason: v.pipe(v.string(), v.maxLength(problemCharactersMax)),
    }),
  }),
  v.object({ cancel: v.object({ id }) }),
]);

const entry = v.pipe(
  v.object({ start: place, end: place, hash: bytes(32, 32), read: v.boolean(), verified: v.boolean() }),
  v.check(each => isChunk(each), 'no range of a chunk'),
);
const statement = v.object({
  model,
  fileBytes: place,
  version: v.pipe(v.string(), v.maxLength(textCharactersMax)),
  entries: v.pipe(v.array(entry), v.maxLength(sliceEntriesMax)),
});

const part = v.pipe(
  v.object({ start: place, end: place, hash: bytes(32, 32) }),
  v.check(each => isChunk(each), 'no range of a chunk'),
);
const manifest = v.pipe(
  v.object({ fileBytes: place, parts: v.pipe(v.array(part), v.minLength(1), v.maxLength(manifestPartsMax)) }),
  v.check(
    ({ fileBytes, parts }) => parts.every(({ end }, index) => end <= (parts[index + 1]?.start ?? fileBytes)),
    'parts out of order',
  ),
);

export type SliceMessage = v.InferOutput<typeof message>;
export type Statement = v.InferOutput<typeof statement>;
export type Entry = v.InferOutput<typeof entry>;
export type Manifest = v.InferOutput<typeof manifest>;

export const encodeSliceMessage = (body: SliceMessage): Uint8Array => WireMessage.encode(body);
export const encodeStatement = (body: Statement): Uint8Array => WireStatement.encode(body);
export const encodeManifest = (body: Manifest): Uint8Array => WireManifest.encode(body);

/** Throws TabmeshError('corrupt', 'pod'), as the others here. */
export const decodeSliceMessage = (encoded: Uint8Array): SliceMessage =>
  checked('slice message', message, () => WireMessage.decode(encoded));

export const decodeStatement = (encoded: Uint8Array): Statement =>
  checked('statement', statement, () =>
    WireStatement.decode(encoded, { limits: { entries: sliceEntriesMax } }),
  );

export const decodeManifest = (encoded: Uint8Array): Manifest =>
  checked('manifest', manifest, () => WireManifest.decode(encoded, { limits: { parts: manifestPartsMax } }));

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
