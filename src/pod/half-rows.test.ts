import { expect, test } from 'vitest';
import type { SessionId } from '../base/brand.ts';
import { isKind } from '../base/error.ts';
import { fromHalf, toHalf } from '../base/half.ts';
import { frameBytesMax, partialBytesMax, partialChunksMax } from '../base/limits.ts';
import { seededRandom } from '../base/random.ts';
import { decodeFrame, encodeFrame, type RowsBody } from './activation-frame.ts';
import { type Chunk, overWire, packRows, RowsAssembler } from './half-rows.ts';

const session = '00112233445566778899aabbccddeeff' as SessionId;
const random = seededRandom(3);

const chunkOf = (position: number, count: number, hidden: Float32Array<ArrayBuffer>): Chunk => ({
  position,
  count,
  hidden,
  step: 7,
  all: true,
  until: 2,
});

/** Over the wire: packed, framed, decoded, put together. */
function carried(position: number, count: number, hidden: Float32Array<ArrayBuffer>) {
  const assembler = new RowsAssembler();
  let chunk: ReturnType<RowsAssembler['add']>;
  for (const rows of packRows(chunkOf(position, count, hidden))) {
    expect(chunk).toBe(undefined);
    const bytes = encodeFrame({ session, hop: 1, rows });
    expect(bytes.length).toBeLessThanOrEqual(frameBytesMax);
    const frame = decodeFrame(bytes);
    expect([frame.session, frame.hop]).toEqual([session, 1]);
    if ('rows' in frame) chunk = assembler.add('key', frame.rows);
  }
  return chunk!;
}
const caught = (run: () => unknown): unknown => {
  try {
    run();
  } catch (error) {
    return error;
  }
  return undefined;
};

test.each([
  [1, 48],
  [64, 1024],
  [3, 8192],
  [1, 16384],
])('%d rows of %d arrive as halves of themselves', (count, width) => {
  const hidden = Float32Array.from({ length: count * width }, () => (random.next() - 0.5) * 20);
  const chunk = carried(131_000, count, hidden);
  expect(chunk).toMatchObject({ position: 131_000, count, step: 7, all: true, until: 2 });
  expect(chunk.hidden).toEqual(hidden.map(value => fromHalf(toHalf(value))));
});

test('values beyond f16 keep their precision', () => {
  const hidden = Float32Array.of(3e5, -1234.5, 65520, 0.25, 1e38);
  for (const values of [hidden.subarray(0, 4), hidden]) {
    const { hidden: back } = carried(0, 1, Float32Array.from(values));
    const largest = Math.max(...values.map(Math.abs));
    values.forEach((value, index) => {
      expect(Math.abs(back[index]! - value)).toBeLessThanOrEqual(largest * 2 ** -11);
    });
  }
});

test.each([Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY])('%d is not sent', value => {
  const error = caught(() => [...packRows(chunkOf(0, 1, Float32Array.of(1, value)))]);
  expect(isKind(error, 'corrupt')).toBe(true);
});

test('halves that are not finite are not taken', () => {
  for (const half of [0x7c00, 0xfc00, 0x7e00]) {
    const part = Uint8Array.of(0, 0, half & 255, half >> 8);
    const rows: RowsBody = { ...begin(1), bytes: 4, part };
    expect(
      isKind(
        caught(() => new RowsAssembler().add('key', rows)),
        'corrupt',
      ),
    ).toBe(true);
  }
});

test('parts that contradict each other are refused', () => {
  const [first, second] = [...packRows(chunkOf(5, 2, new Float32Array(20_000)))] as [RowsBody, RowsBody];
  const changes: Partial<RowsBody>[] = [
    { position: 6 },
    { count: 1 },
    { bytes: 39_998 },
    { shift: 1 },
    { offset: 0 },
    { offset: second.offset + 2 },
    { step: 8 },
    { all: false },
    { until: 3 },
    { part: new Uint8Array(40_000) },
  ];
  for (const change of changes) {
    const assembler = new RowsAssembler();
    assembler.add('key', first);
    expect(
      isKind(
        caught(() => assembler.add('key', { ...second, ...change })),
        'corrupt',
      ),
    ).toBe(true);
  }
});

/** A part of `length` bytes of a chunk that never ends. */
const begin = (length: number): RowsBody => ({
  position: 0,
  count: 1,
  bytes: partialBytesMax,
  offset: 0,
  part: new Uint8Array(length),
  shift: 0,
  step: 1,
  all: false,
  until: 0,
});

test('unfinished chunks have a limit, and finished or dropped ones give room', () => {
  const assembler = new RowsAssembler();
  const length = partialBytesMax / 4;
  for (let index = 0; index < 4; index++) assembler.add(`key ${index}`, begin(length));
  expect(
    isKind(
      caught(() => assembler.add('one more', begin(1))),
      'full',
    ),
  ).toBe(true);
  assembler.drop('key 0');
  expect(assembler.add('one more', begin(length))).toBe(undefined);
});

test('many unfinished chunks have a limit too, however small they are', () => {
  const assembler = new RowsAssembler();
  for (let index = 0; index < partialChunksMax; index++) assembler.add(`key ${index}`, begin(1));
  expect(
    isKind(
      caught(() => assembler.add('one more', begin(1))),
      'full',
    ),
  ).toBe(true);
  assembler.drop('key 0');
  expect(assembler.add('one more', begin(1))).toBe(undefined);
});

test('a part does not keep its frame in memory', () => {
  const [whole] = [...packRows(chunkOf(0, 1, Float32Array.of(1, 2, 3, 4)))] as [RowsBody];
  const frame = new Uint8Array([...whole.part]);
  const assembler = new RowsAssembler();
  expect(assembler.add('key', { ...whole, part: frame.subarray(0, 3) })).toBe(undefined);
  frame.fill(255);
  const chunk = assembler.add('key', { ...whole, offset: 3, part: whole.part.subarray(3) });
  expect([...chunk!.hidden]).toEqual([1, 2, 3, 4]);
});

test('rows that stay on a machine become what the wire makes of them', () => {
  const width = 8;
  const hidden = Float32Array.from({ length: 70 * width }, () => (random.next() - 0.5) * 20);
  hidden[3] = 3e5;
  const parts = [hidden.subarray(0, 64 * width), hidden.subarray(64 * width)];
  const expected = parts.flatMap(part => [...carried(0, part.length / width, part).hidden]);
  expect([...overWire(hidden, width)]).toEqual(expected);
});
