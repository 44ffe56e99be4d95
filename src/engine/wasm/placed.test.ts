import { readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { loadKernels, loadOnly } from '../../../workers/kernels-node.ts';
import { seededRandom } from '../../base/random.ts';
import { type TensorInfo, type TensorType, tensorTypes } from '../../model/model.ts';
import { blockLayouts } from '../../model/tensor-type.ts';
import { dequantize } from '../cpu/dequantize.ts';
import { DeviceMemory } from '../device-memory.ts';
import { inFours } from '../tiny-model.ts';
import { Heap } from './heap.ts';
import { chooseKernels, type LoadKernels } from './kernels.ts';
import { matrixBytes, type Placed, placeMatrix } from './placed.ts';
import { alone, inputOf, Program } from './program.ts';

const quants = new URL('../../../tests/fixtures/quants/', import.meta.url);
/** What this machine takes, and what other machines do. */
const loads = [loadKernels, loadOnly('paired'), loadOnly('wide')];
const start = async (load: LoadKernels) => {
  const { setup, kernels } = await chooseKernels(load, false);
  const counted = new DeviceMemory();
  return { heap: new Heap(setup.memory, counted), kernels, counted };
};
const tensor = (type: TensorType, columns: number, rows: number, bytes: Uint8Array): TensorInfo => ({
  name: 'test',
  type,
  shape: [columns, rows],
  offset: 0,
  bytes: bytes.length,
});

const place = (
  { heap, kernels }: Pick<Awaited<ReturnType<typeof start>>, 'heap' | 'kernels'>,
  info: TensorInfo,
  file: Uint8Array,
) => placeMatrix(heap, kernels, info, inFours(info, file));

/** Random blocks of `type` with scales of sane size. */
function randomWeights(type: TensorType, columns: number, rows: number): Uint8Array<ArrayBuffer> {
  const random = seededRandom(columns + rows);
  if (type === 'F32') {
    return new Uint8Array(Float32Array.from({ length: columns * rows }, () => random.next() - 0.5).buffer);
  }
  const { weights, bytes } = blockLayouts[type];
  const all = Uint8Array.from({ length: ((columns * rows) / weights) * bytes }, () => random.next() * 256);
  const halves: Partial<Record<TensorType, number[]>> = {
    Q4_K: [0, 2],
    Q5_K: [0, 2],
    Q6_K: [208],
    Q4_1: [0, 2],
    Q5_1: [0, 2],
  };
  const step = type === 'F16' || type === 'BF16' ? 2 : bytes;
  for (let at = 0; at < all.length; at += step) {
    // A half between 2^-11 and 2^-7, of either sign; among them nothing infinite.
    for (const place of halves[type] ?? [0]) all[at + place + 1] = (all[at + place + 1]! & 0x8f) | 0x10;
  }
  return all;
}

/** Minus zero as zero. */
const unsigned = (values: Float32Array) => values.map(value => value + 0);

test.each(tensorTypes)('%s: every weight comes out as it went in', async type => {
  const name = type.toLowerCase();
  const bytes = await readFile(new URL(`${name}.bin`, quants)).catch(() => undefined);
  const file = bytes ? new Uint8Array(bytes) : randomWeights(type, 256, 4);
  const expected = dequantize(type, file);
  for (const load of loads) {
    const { heap, kernels } = await start(load);
    const matrix = await place({ heap, kernels }, tensor(type, 256, 4, file), file);
    const row = heap.take(1024);
    for (let index = 0; index < 4; index++) {
      kernels.decode(matrix.address, index, row);
      expect(unsigned(heap.floats(row, 256))).toEqual(
        unsigned(expected.subarray(index * 256, index * 256 + 256)),
      );
    }
  }
});

test.each(tensorTypes)('%s: packed weights take no more than 5 % beyond the file', async type => {
  const machine = await start(loadKernels);
  const file = randomWeights(type, 1024, 256);
  const info = tensor(type, 1024, 256, file);
  await place(machine, info, file);
  expect(machine.counted.use).toEqual({ weights: matrixBytes(info), caches: 0, scratch: 0 });
  expect(matrixBytes(info)).toBeLessThan(file.length * 1.05);
});

/** matrix x input by the kernels. */
function multiply(
  machine: Awaited<ReturnType<typeof start>>,
  matrix: Placed,
  input: Float32Array,
  twice = false,
): Float32Array {
  const { heap, kernels } = machine;
  const { columns, rows } = matrix;
  const count = input.length / columns;
  const program = new Program(heap, count, 1);
  const from = program.buffer(columns * 4);
  const blockBytes = Math.ceil(columns / 32) * kernels.activationBlockBytes.value;
  const blocks = program.buffer(twice ? 2 * blockBytes : blockBytes);
  const to = program.buffer(rows * 4);
  heap.floats(from, input.length).set(input);
  const operand = inputOf(from, blocks, [matrix], twice);
  program.quantize(columns, operand);
  program.multiply(operand, [[matrix, to]]);
  program.finish();
  kernels.lead(program.prepare([alone(count)]).program, 1);
  const result = heap.floats(to, count * rows).slice();
  program.release();
  return result;
}

test.each(tensorTypes)('%s: products, for odd counts of rows and of columns at once', async type => {
  const columns = 512;
  const height = 7;
  const file = randomWeights(type, columns, height);
  const weights = dequantize(type, file);
  const random = seededRandom(9);
  for (const load of loads) {
    const machine = await start(load);
    const matrix = await place(machine, tensor(type, columns, height, file), file);
    for (const count of [1, 2, 4, 6]) {
      const input = Float32Array.from({ length: count * columns }, () => random.next() * 2 - 1);
      const exact = Array.from({ length: count * height }, (_, index) => {
        const [from, row] = [Math.floor(index / height) * columns, (index % height) * columns];
        let sum = 0;
        for (let c = 0; c < columns; c++) sum += weights[row + c]! * input[from + c]!;
        return sum;
      });
      const squares = exact.reduce((all, value) => all + value ** 2, 0);
      const wrongOf = (actual: Float32Array) =>
        exact.reduce((all, value, index) => all + (actual[index]! - value) ** 2, 0) / squares;
      // The research's bounds: f32 1e-6, activations of 8 bits 5e-4 of the square; of 15 bits they are 2^14 times finer in the square.
      expect(wrongOf(multiply(machine, matrix, input))).toBeLessThan(matrix.wants === 'f32' ? 1e-10 : 5e-4);
      expect(wrongOf(multiply(machine, matrix, input, true))).toBeLessThan(5e-8);
    }
  }
});

test.each(tensorTypes)('%s: a row has the same product among others as alone, to the bit', async type => {
  const columns = type === 'Q8_0' || type === 'Q4_0' ? 288 : 512;
  const height = 27;
  const file = randomWeights(type, columns, height);
  const random = seededRandom(5);
  for (const load of loads) {
    const machine = await start(load);
    const matrix = await place(machine, tensor(type, columns, height, file), file);
    const input = Float32Array.from({ length: 9 * columns }, () => random.next() * 2 - 1);
    const together = multiply(machine, matrix, input);
    for (let row = 0; row < 9; row++) {
      const alone = multiply(machine, matrix, input.subarray(row * columns, (row + 1) * columns));
      expect(together.subarray(row * height, (row + 1) * height)).toEqual(alone);
    }
  }
});

test('the largest weights and activations do not overflow, and zeros stay zeros', async () => {
  const file = new Uint8Array(34 * 2 * 4);
  for (let block = 0; block < 8; block++) {
    file.set([0x00, 0x3c], block * 34);
    file.fill(block < 4 ? 0x80 : 0x7f, block * 34 + 2, block * 34 + 34);
  }
  for (const load of loads) {
    const machine = await start(load);
    const matrix = await place(machine, tensor('Q8_0', 64, 4, file), file);
    const product = (value: number) => multiply(machine, matrix, new Float32Array(64).fill(value));
    for (const value of [1e30, -1e30, 1e-30]) {
      const [low, , high] = product(value);
      expect(low! / (value * 64 * -128)).toBeCloseTo(1, 5);
      expect(high! / (value * 64 * 127)).toBeCloseTo(1, 5);
    }
    expect([...product(0)].map(Math.abs)).toEqual([0, 0, 0, 0]);
  }
});

test.each(['Q4_0', 'Q4_K', 'Q5_K', 'Q6_K'] as const)('%s: nor do the largest of fewer bits', async type => {
  const columns = 256;
  const file = randomWeights(type, columns, 4).fill(0xff);
  const { weights, bytes } = blockLayouts[type];
  const scales = { Q4_0: [0], Q4_K: [0, 2], Q5_K: [0, 2], Q6_K: [208] }[type];
  for (let block = 0; block < (columns / weights) * 4; block++) {
    for (const place of scales) file.set([0x00, 0x2c], block * bytes + place);
  }
  const sum = dequantize(type, file)
    .subarray(0, columns)
    .reduce((all, value) => all + value, 0);
  for (const load of loads) {
    const machine = await start(load);
    const matrix = await place(machine, tensor(type, columns, 4, file), file);
    for (const count of [1, 6]) {
      const products = multiply(machine, matrix, new Float32Array(count * columns).fill(-1));
      for (const product of products) expect(product / -sum).toBeCloseTo(1, 4);
    }
  }
});

test('subnormal scales are kept, and those that cannot be are refused and leave nothing behind', async () => {
  const { heap, kernels, counted } = await start(loadKernels);
  const file = new Uint8Array(34 * 4).fill(1);
  for (const [row, half] of [0x0001, 0x83ff, 0x53ff, 0x0000].entries()) {
    file.set([half & 255, half >> 8], row * 34);
  }
  const matrix = await place({ heap, kernels }, tensor('Q8_0', 32, 4, file), file);
  const expected = dequantize('Q8_0', file);
  const row = heap.take(128);
  for (let index = 0; index < 4; index++) {
    kernels.decode(matrix.address, index, row);
    expect(heap.floats(row, 32)).toEqual(expected.subarray(index * 32, index * 32 + 32));
  }
  const before = counted.use;
  for (const half of [0x5400, 0x7c00, 0x7e00, 0xfc00]) {
    file.set([half & 255, half >> 8], 0);
    await expect(place({ heap, kernels }, tensor('Q8_0', 32, 4, file), file)).rejects.toMatchObject({
      kind: 'unsupported',
    });
    expect(counted.use).toEqual(before);
  }
});
