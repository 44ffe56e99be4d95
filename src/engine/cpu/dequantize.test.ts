import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { type TensorType, tensorTypes } from '../../model/model.ts';
import { dequantize } from './dequantize.ts';

const folder = new URL('../../../tests/fixtures/quants/', import.meta.url);
const bytesOf = (file: string) => new Uint8Array(readFileSync(new URL(file, folder)));
const exactTypes: readonly TensorType[] = ['BF16', 'F16', 'F32'];

test.each(tensorTypes.filter(type => type !== 'F32'))('%s gives the values of llama.cpp', type => {
  const name = type.toLowerCase();
  const values = dequantize(type, bytesOf(`${name}.bin`));
  const expected = new Float32Array(bytesOf(`${name}.f32`).buffer);
  expect(values.length).toBe(expected.length);
  for (let i = 0; i < values.length; i++) {
    const tolerance = exactTypes.includes(type) ? 0 : Math.abs(expected[i]!) * 1e-6;
    if (!(Math.abs(values[i]! - expected[i]!) <= tolerance)) {
      throw new Error(`weight ${i} is ${values[i]} and should be ${expected[i]}`);
    }
  }
});

test('F32 is read as it stands', () => {
  const bytes = bytesOf('q8_0.f32');
  expect(dequantize('F32', bytes)).toEqual(new Float32Array(bytes.buffer));
});
