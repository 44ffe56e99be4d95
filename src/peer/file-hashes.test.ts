import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import { hashPieceBytes } from '../base/limits.ts';
import { blobSource } from '../model/blob-source.ts';
import { FileHashes } from './file-hashes.ts';

const never = new AbortController().signal;
const bytes = Uint8Array.from({ length: 2 * hashPieceBytes + 77 }, (_, index) => index % 251);
const listed = (...ends: number[]) =>
  ends.map((end, index) => {
    const file = bytes.subarray(ends[index - 1] ?? 0, end);
    return { bytes: file.length, sha256: createHash('sha256').update(file).digest('hex') };
  });

/** What comes of it where `chunks` are added and the rest is read. */
async function outcome(
  files: ReturnType<typeof listed>,
  chunks: readonly (readonly [number, number])[],
  flip = -1,
) {
  const source = blobSource(new Blob([bytes]), 'model.gguf');
  const hashes = new FileHashes(files, source);
  for (const [start, end] of chunks) {
    const chunk = bytes.slice(start, end);
    if (start <= flip && flip < end) chunk[flip - start]! ^= 1;
    await hashes.add(start, chunk, never);
  }
  return hashes.end(never);
}
const all = bytes.length;
const chunks = [
  [100, hashPieceBytes + 9],
  [hashPieceBytes + 9, hashPieceBytes + 40],
  [hashPieceBytes + 64, all - 5],
] as const;

test('chunks and what lies between them are one file, or several', async () => {
  expect(await outcome(listed(all), chunks)).toBe(true);
  expect(await outcome(listed(all), [])).toBe(true);
  expect(await outcome(listed(50, hashPieceBytes, all), chunks)).toBe(true);
});

test('a bit, a length or a count that is another is told', async () => {
  for (const flip of [100, hashPieceBytes, all - 6])
    expect(await outcome(listed(50, all), chunks, flip)).toBe(false);
  for (const ends of [[], [all - 1], [50], [50, all - 1]])
    expect(await outcome(listed(...ends), chunks)).toBe(false);
  const longer = listed(all).map(({ sha256 }) => ({ bytes: all + 1, sha256 }));
  expect(await outcome(longer, chunks)).toBe(false);
});

test('an abort ends it', async () => {
  const hashes = new FileHashes(listed(all), blobSource(new Blob([bytes]), 'model.gguf'));
  await expect(hashes.add(100, bytes.slice(100), AbortSignal.abort(new Error('stop')))).rejects.toThrow(
    'stop',
  );
});
