/** Which kernels a device gets: what it offers, where that was measured to be faster and found to be right. */
import { seededRandom } from '../../base/random.ts';
import { prepare, Recording, strideOf } from './dispatch.ts';
import type { Gpu } from './gpu.ts';
import { type GpuMatrix, uploadMatrix } from './gpu-matrix.ts';
import { Kernels, rowTile, type Shaders } from './kernels.ts';
import { Owned } from './owned.ts';
import { project } from './projection.ts';
import { portable, type Tier, type TierPart } from './tier.ts';

export interface TierChoice {
  readonly tier: Tier;
  /** Of the slower of a step of one row and one of many, where it was measured. */
  readonly multiplicationsPerSecond?: number | undefined;
}

/** As large as a feed-forward of a 1B model, 4.5 MB: too much for most caches. */
const columns = 2048;
const height = 4096;
/** Beyond what a submit and its readback take. Five measurements take some 300 ms, compilers aside. */
const sampleMs = 15;
const repeatsMax = 1024;
/** Less is noise. */
const gainMin = 1.03;

/** What a part of the tier is timed at, where its results have to be those of portable kernels, and how nearly. */
const trials = {
  /** Another order of sums. */
  subgroups: { timed: 1, compared: [1, 8], tolerance: 1e-4 },
  /** Numbers of 11 bits. */
  halves: { timed: rowTile, compared: [rowTile], tolerance: 1e-2 },
  /** Of 15 bits; has to be faster than `halves`, too. */
  bytes: { timed: rowTile, compared: [rowTile], tolerance: 1e-3 },
} as const;

/** Takes some 300 ms and 10 MB. Throws what `gpu.checked` throws. */
export async function chooseTier(gpu: Gpu, shaders: Shaders): Promise<TierChoice> {
  const owned = new Owned(gpu);
  try {
    const matrix = await randomMatrix(gpu, owned);
    const bench = (tier: Tier) => benchOf(gpu, new Kernels(gpu.device, shaders, tier), matrix, owned);
    const reference = await bench(portable);
    const rates = { [1]: await reference.rate(1), [rowTile]: await reference.rate(rowTile) };
    let tier = portable;
    for (const part of ['subgroups', 'halves', 'bytes'] as const) {
      if (!gpu.offered[part]) continue;
      const { timed } = trials[part];
      const rate = await trialRate(gpu, reference, () => bench({ ...portable, [part]: true }), part);
      if (rate < rates[timed]! * gainMin) continue;
      tier = { ...tier, [part]: true };
      rates[timed] = rate;
    }
    return { tier, multiplicationsPerSecond: Math.min(...Object.values(rates)) };
  } finally {
    owned.destroy();
  }
}

/** 0 where the kernels do not compile or give something else. */
async function trialRate(
  gpu: Gpu,
  reference: Bench,
  open: () => Promise<Bench>,
  part: TierPart,
): Promise<number> {
  const { timed, compared, tolerance } = trials[part];
  try {
    const candidate = await open();
    for (const rows of compared) {
      const [expected, actual] = [await reference.output(rows), await candidate.output(rows)];
      if (!near(expected, actual, tolerance)) return 0;
    }
    return await candidate.rate(timed);
  } catch {
    // The driver refuses the kernel. Where it took the device with it, there is nothing more to measure.
    gpu.assertAlive();
    return 0;
  }
}

const near = (expected: Float32Array, actual: Float32Array, tolerance: number): boolean => {
  const highest = expected.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  return actual.every((value, index) => Math.abs(value - expected[index]!) <= tolerance * highest);
};

/** The matrix behind a norm, as kernels of one tier multiply it. */
interface Bench {
  output(rows: number): Promise<Float32Array>;
  /** Multiplications a second in steps of so many rows. */
  rate(rows: number): Promise<number>;
}

async function benchOf(gpu: Gpu, kernels: Kernels, matrix: GpuMatrix, owned: Owned): Promise<Bench> {
  const random = seededRandom(1);
  const stride = strideOf(columns);
  const rows = Float32Array.from({ length: rowTile * stride }, () => random.next() * 2 - 1);
  const { input, output } = await gpu.checked('a measurement', rows.byteLength, () => {
    const usage = GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_DST | GPUBufferUsage.COPY_SRC;
    const create = (size: number) =>
      owned.add(gpu.createBuffer('scratch', { label: 'measurement', size, usage }));
    const buffers = { input: create(rows.byteLength), output: create(rowTile * height * 4) };
    gpu.device.queue.writeBuffer(buffers.input, 0, rows);
    return buffers;
  });
  const norm = { weight: rows.slice(0, columns), epsilon: 1e-6 };
  const projection = { matrices: [matrix], norm, input, output, outputStride: height };
  const dispatches = await project(gpu, kernels, projection, owned.add);
  const run = async (count: number, repeats: number): Promise<Float32Array> => {
    await prepare(dispatches, count);
    const bytes = count * height * 4;
    return gpu.read('a measurement', bytes, staging => {
      const recording = new Recording(gpu);
      for (let turn = 0; turn < repeats; turn++)
        recording.run(dispatches, { rows: count, shares: 1, positions: 0 });
      recording.copy(output, 0, staging, 0, bytes);
      recording.submit();
    });
  };
  const timed = async (count: number, repeats: number): Promise<number> => {
    const begin = performance.now();
    await run(count, repeats);
    return performance.now() - begin;
  };
  return {
    output: count => run(count, 1),
    async rate(count) {
      await run(count, 1);
      // The better of two: a pause of the machine would cut steps into far too many submits for good.
      const time = async (repeats: number) =>
        Math.min(await timed(count, repeats), await timed(count, repeats));
      const overhead = await time(0);
      for (let repeats = 1; ; repeats *= 4) {
        const ms = (await time(repeats)) - overhead;
        if (ms < sampleMs && repeats < repeatsMax) continue;
        return (1000 * repeats * count * columns * height) / Math.max(ms, 0.01);
      }
    },
  };
}

/** Q4_0, random nibbles under a scale of 2^-7. */
async function randomMatrix(gpu: Gpu, owned: Owned): Promise<GpuMatrix> {
  const rowBytes = (columns / 32) * 18;
  const together = 64;
  const bytes = seededRandom(2).bytes(together * rowBytes) as Uint8Array<ArrayBuffer>;
  for (let block = 0; block < bytes.length; block += 18) bytes.set([0x00, 0x20], block);
  async function* pieces() {
    for (let first = 0; first < height; first += together) yield { first, bytes };
  }
  const info = { name: 'measurement', type: 'Q4_0', shape: [columns, height], offset: 0 } as const;
  const matrix = await uploadMatrix(gpu, { ...info, bytes: height * rowBytes }, pieces());
  for (const { buffer } of matrix.parts) owned.add(buffer);
  return matrix;
}
