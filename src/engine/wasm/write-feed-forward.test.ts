import { expect, test } from 'vitest';
import { loadKernels } from '../../../workers/kernels-node.ts';
import { seededRandom } from '../../base/random.ts';
import type { TensorInfo } from '../../model/model.ts';
import { createFeedForward } from '../cpu/feed-forward.ts';
import { toMatrix } from '../cpu/matrix.ts';
import { tinyModel } from '../tiny-model.ts';
import { Heap } from './heap.ts';
import { chooseKernels } from './kernels.ts';
import type { Pass } from './machine.ts';
import { placeMatrix } from './placed.ts';
import { alone, Program } from './program.ts';
import { createWorkspace } from './workspace.ts';
import { expertsWriter } from './write-feed-forward.ts';

const { hyper } = tinyModel('qwen3moe').model;
const { width, feedForward } = hyper;
const { count, used } = hyper.experts!;

const random = seededRandom(3);
const values = (length: number) => Float32Array.from({ length }, () => random.next() - 0.5);
const shapes = {
  router: [width, count],
  expertGates: [width, feedForward, count],
  expertUps: [width, feedForward, count],
  expertDowns: [feedForward, width, count],
};
type Role = keyof typeof shapes;
const each = <T>(make: (role: Role) => T): Record<Role, T> => ({
  router: make('router'),
  expertGates: make('expertGates'),
  expertUps: make('expertUps'),
  expertDowns: make('expertDowns'),
});
const weights = each(role => values(shapes[role].reduce((product, size) => product * size, 1)));

/** The kernels' answer for rows that are normed already. */
async function mixture(parts: typeof weights, input: Float32Array): Promise<Float32Array> {
  const { setup, kernels } = await chooseKernels(loadKernels, false);
  const heap = new Heap(setup.memory);
  const rows = input.length / width;
  const program = new Program(heap, rows, 1);
  const activationBlockBytes = kernels.activationBlockBytes.value;
  const run = ({ program }: Pass) => kernels.lead(program, 1);
  const space = createWorkspace({ heap, kernels, threads: 1, activationBlockBytes, run }, program, hyper);
  const place = (role: Role) =>
    placeMatrix(heap, kernels, tensorOf(role), whole(new Uint8Array(parts[role].buffer)));
  const placed = {
    router: await place('router'),
    expertGates: await place('expertGates'),
    expertUps: await place('expertUps'),
    expertDowns: await place('expertDowns'),
  };
  expertsWriter(space)(placed, () => {});
  program.finish();
  heap.floats(space.normed, input.length).set(input);
  run(program.prepare([alone(rows)]));
  return heap.floats(space.output, input.length).slice();
}

async function* whole(bytes: Uint8Array<ArrayBuffer>) {
  yield { first: 0, bytes };
}

const tensorOf = (role: Role): TensorInfo => ({
  name: role,
  type: 'F32',
  shape: shapes[role],
  offset: 0,
  bytes: weights[role].byteLength,
});

function reference(input: Float32Array): Float32Array {
  const matrices = each(role => toMatrix(tensorOf(role), new Uint8Array(weights[role].buffer)));
  return createFeedForward(hyper, matrices)(input, input.length / width);
}

test.each([1, 2, 7, 40])('%i rows through the experts that they chose', async rows => {
  const input = values(rows * width);
  const expected = reference(input);
  const actual = await mixture(weights, input);
  for (let i = 0; i < expected.length; i++) expect(actual[i]).toBeCloseTo(expected[i]!, 5);
});

test('experts that no row chose are not read', async () => {
  const input = values(width);
  const expected = await mixture(weights, input);
  const spoiled = (kept: (expert: number) => boolean) => {
    const spoil = (matrices: Float32Array) => {
      const size = matrices.length / count;
      return matrices.map((value, i) => (kept(Math.floor(i / size)) ? value : Number.NaN));
    };
    const { router, expertGates, expertUps, expertDowns } = weights;
    const parts = { expertGates: spoil(expertGates), expertUps: spoil(expertUps) };
    return mixture({ router, ...parts, expertDowns: spoil(expertDowns) }, input);
  };
  const read: number[] = [];
  for (let expert = 0; expert < count; expert++)
    if (!(await spoiled(other => other !== expert)).every(Number.isFinite)) read.push(expert);
  expect(read).toHaveLength(used);
  expect(await spoiled(expert => read.includes(expert))).toEqual(expected);
});

test('of equal scores the first are chosen, and scores that are no numbers choose as many', async () => {
  const input = values(3 * width);
  const router = new Float32Array(weights.router.length);
  const first = await mixture({ ...weights, router }, input);
  const spoil = (matrices: Float32Array) =>
    matrices.map((value, i) => (i < (used * matrices.length) / count ? value : Number.NaN));
  const { expertGates, expertUps, expertDowns } = weights;
  const parts = {
    expertGates: spoil(expertGates),
    expertUps: spoil(expertUps),
    expertDowns: spoil(expertDowns),
  };
  expect(await mixture({ router, ...parts }, input)).toEqual(first);
  expect(first.every(Number.isFinite)).toBe(true);
  const none = await mixture({ ...weights, router: router.fill(Number.NaN) }, input);
  expect(none.every(Number.isNaN)).toBe(true);
});
