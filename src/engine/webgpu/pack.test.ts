import { expect, test } from 'vitest';
import { tensorTypes } from '../../model/model.ts';
import { blockLayouts } from '../../model/tensor-type.ts';
import { splitRows } from './gpu-matrix.ts';
import { packedBytes, packedRow, packRows, unpackRow } from './pack.ts';

const bytesFrom = (length: number) => Uint8Array.from({ length }, (_, index) => index % 251);

test('Q5_0 blocks go to a plane of quants and, two by two, to fifth bits and scales', () => {
  const blocks = bytesFrom(44);
  const { quants, scales } = packRows('Q5_0', 64, blocks);
  expect([...quants]).toEqual([...blocks.slice(6, 22), ...blocks.slice(28, 44)]);
  expect([...scales]).toEqual([
    ...blocks.slice(2, 6),
    ...blocks.slice(24, 28),
    ...blocks.slice(0, 2),
    ...blocks.slice(22, 24),
  ]);
});

test('an odd last block leaves the second place of its pair empty', () => {
  const blocks = bytesFrom(3 * 34);
  const { quants, scales } = packRows('Q8_0', 96, blocks);
  expect(quants).toHaveLength(96);
  expect([...scales]).toEqual([...[0, 34, 68].flatMap(at => [...blocks.slice(at, at + 2)]), 0, 0]);
});

test('bytes at an odd place in their buffer are packed alike', () => {
  const shifted = new Uint8Array(211);
  shifted.set(bytesFrom(210), 1);
  expect(packRows('Q6_K', 256, shifted.subarray(1))).toEqual(packRows('Q6_K', 256, bytesFrom(210)));
});

test('rows of numbers are filled up to whole runs', () => {
  const rows = new Uint8Array(Float32Array.from({ length: 66 }, (_, index) => index + 1).buffer);
  const packed = new Float32Array(packRows('F32', 33, rows).quants.buffer);
  expect(packed).toHaveLength(128);
  expect([packed[32], packed[33], packed[63], packed[64]]).toEqual([33, 0, 0, 34]);
});

test.each(['F32', 'F16', 'Q4_0', 'Q5_0', 'Q4_K', 'Q6_K'] as const)(
  'parts of a %s matrix cover its rows, fit the limit and keep pairs of blocks whole',
  type => {
    for (const [columns, rows, limit, unit] of [
      [256, 7, 1e9, 2],
      [256, 1001, 20_000, 2],
      [768, 33, 5000, 2],
      [256, 96, 20_000, 6],
    ] as const) {
      const parts = splitRows(type, columns, rows, limit, unit);
      let next = 0;
      for (const [first, count] of parts) {
        expect(first).toBe(next);
        next += count;
        const size = packedBytes(type, columns, count);
        if (count > unit) expect(size.quants + size.scales).toBeLessThanOrEqual(limit);
        if (next < rows) expect(count % unit).toBe(0);
      }
      expect(next).toBe(rows);
    }
  },
);

test.each(tensorTypes)('%s: a row that is copied out of the planes is the one that went in', type => {
  const { weights, bytes } = blockLayouts[type];
  for (const columns of [256, 768, weights * 3, weights]) {
    const rowBytes = (columns / weights) * bytes;
    const file = bytesFrom(5 * rowBytes);
    const { quants, scales } = packRows(type, columns, file);
    for (let row = 0; row < 5; row++) {
      const place = packedRow(type, columns, row);
      const cut = (plane: Uint8Array, { at, bytes }: { at: number; bytes: number }) =>
        plane.subarray(at, at + bytes);
      const unpacked = unpackRow(type, columns, place, cut(quants, place.quants), cut(scales, place.scales));
      expect([...unpacked]).toEqual([...file.subarray(row * rowBytes, (row + 1) * rowBytes)]);
      // Copies between buffers go by four bytes.
      for (const { at, bytes } of [place.quants, place.scales]) expect([at % 4, bytes % 4]).toEqual([0, 0]);
    }
  }
});
