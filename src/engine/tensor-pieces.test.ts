import { expect, test } from 'vitest';
import { MiB } from '../base/bytes.ts';
import { tensorPieceBytes } from '../base/limits.ts';
import type { TensorInfo, TensorReader } from '../model/model.ts';
import { joinPieces, type Piece, readPieces } from './tensor-pieces.ts';

const tensor = (rowBytes: number, ...sizes: number[]): TensorInfo => ({
  name: 'blk.0.ffn_up.weight',
  type: 'F32',
  shape: [rowBytes / 4, ...sizes],
  offset: 32,
  bytes: rowBytes * sizes.reduce((product, size) => product * size, 1),
});

/** Longer than any tensor here; in each place another byte than nearby. */
const file = new Uint8Array(16 * MiB);
for (let place = 0; place < file.length; place++) file[place] = place * 31 + (place >> 8);
const read: TensorReader = async (_name, { start, end }) => file.slice(start, end);

async function all(pieces: AsyncIterable<Piece>): Promise<Piece[]> {
  const list: Piece[] = [];
  for await (const { first, bytes } of pieces) list.push({ first, bytes: bytes.slice() });
  return list;
}

test.each([
  ['many small rows', tensor(64, 50_000)],
  ['rows of experts', tensor(4096, 300, 5)],
  ['rows so large that four exceed the limit', tensor(tensorPieceBytes / 2, 9)],
  ['a vector', tensor(4096)],
])('%s come in order, in pieces of the same number of them, a multiple of four', async (_, info) => {
  const pieces = await all(readPieces(info, read));
  const rowBytes = info.shape[0]! * 4;
  const counts = pieces.map(({ bytes }) => bytes.length / rowBytes);
  const [most] = counts;
  counts.pop();
  expect(counts.every(count => count === most && count % 4 === 0)).toBe(true);
  expect(pieces.map(({ first }) => first)).toEqual(pieces.map((_piece, index) => index * most!));
  expect(most! * rowBytes).toBeLessThanOrEqual(Math.max(tensorPieceBytes, 4 * rowBytes));
  const joined = await joinPieces(info, readPieces(info, read));
  expect(Buffer.compare(joined, file.subarray(0, info.bytes))).toBe(0);
});

test('a piece of another length is refused, and nothing is read after it', async () => {
  const asked: number[] = [];
  const short: TensorReader = async (name, range) => {
    asked.push(range.start);
    return (await read(name, range)).slice(range.start === 0 ? 0 : 1);
  };
  const pieces = all(readPieces(tensor(64, 200_000), short));
  await expect(pieces).rejects.toMatchObject({ kind: 'corrupt', origin: 'engine' });
  expect(asked).toEqual([0, tensorPieceBytes]);
});

test('a piece is freed when the next is asked for', async () => {
  const pieces = readPieces(tensor(64, 200_000), read);
  const { value } = await pieces.next();
  expect(value!.bytes).toHaveLength(tensorPieceBytes);
  await pieces.next();
  expect(value!.bytes).toHaveLength(0);
});

test('an abort ends it behind the piece that is on its way', async () => {
  const abort = new AbortController();
  const pieces = readPieces(tensor(64, 200_000), read, abort.signal);
  await pieces.next();
  abort.abort();
  await expect(pieces.next()).rejects.toMatchObject({ name: 'AbortError' });
});
