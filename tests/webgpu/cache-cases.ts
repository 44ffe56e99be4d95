/** Keys and values on the GPU: how they are kept, how long, and what happens where they find no room. */
import { MiB } from '../../src/base/bytes.ts';
import { fromHalf, toHalf } from '../../src/base/half.ts';
import { slidingRewindMax } from '../../src/base/limits.ts';
import { createCpuEngine } from '../../src/engine/cpu/cpu-engine.ts';
import type { Engine } from '../../src/engine/engine.ts';
import { type Case, equalWithin, refused, same } from '../../src/engine/engine-contract-cases.ts';
import { tinyModel } from '../../src/engine/tiny-model.ts';
import { perRow, Recording, uniform } from '../../src/engine/webgpu/dispatch.ts';
import type { Gpu } from '../../src/engine/webgpu/gpu.ts';
import type { Kernels } from '../../src/engine/webgpu/kernels.ts';
import { KvCaches } from '../../src/engine/webgpu/kv-caches.ts';
import { KvPool, pagePositions } from '../../src/engine/webgpu/kv-pool.ts';
import { Owned } from '../../src/engine/webgpu/owned.ts';
import { createWebGpuEngine } from '../../src/engine/webgpu/webgpu-engine.ts';
import { vectorBuffer } from '../../src/engine/webgpu/workspace.ts';
import { a, b, noise, sameAnswers, type WebGpuSurroundings, withGpu, withLimits } from './around.ts';

export function cacheCases(around: WebGpuSurroundings): Case[] {
  const { shaders, kept } = around;
  const create = async () => createWebGpuEngine({ adapter: await kept, shaders, stepsAwaitKernels: true });
  const shared = { ...around, adapter: () => kept };
  return [
    {
      name: 'keys and values are kept as the nearest f16, and what has none as the largest',
      run: () => withGpu(shared, cachedHalves),
    },
    {
      name: 'conversations whose caches grow page by page are those of the cpu engine',
      run: () =>
        sameAnswers(createCpuEngine(), create(), [
          [a, 50],
          [b, 1],
          [a, 30],
          [b, 70],
          [a, 1],
          [a, 150],
          [b, 1],
          [a, 1],
        ]),
    },
    {
      name: 'a long context is divided, and answers like one that is not',
      run: () => sharedAttention(create),
    },
    {
      name: 'memory that runs out is reported as full, and less of it still works',
      run: () =>
        withGpu(around, async gpu => {
          const hyper = { ...tinyModel('qwen3').model.hyper, kvHeads: 64, keySize: 256, valueSize: 256 };
          const pool = new KvPool(gpu, hyper, 64);
          const pageBytes = 2 * MiB;
          const table = pool.promise(Math.floor(gpu.bindingBytesMax / pageBytes) * pagePositions);
          await refused('full', pool.reserve(new Map([[table, table.promised * pagePositions]])));
          same(table.pages.length, 0, 'pages taken');
          await pool.reserve(new Map([[table, 1]]));
          same(table.pages.length, 1, 'pages taken');
        }),
    },
    {
      name: 'more positions than a binding holds are refused, and come back when a session closes',
      run: async () => {
        const adapter = withLimits(await kept, 16_384);
        const engine = await createWebGpuEngine({ adapter, shaders });
        const { model, read } = tinyModel('qwen3');
        const stage = await engine.stage(model, { first: 0, last: 1 }, read);
        await stage.open(a, 200);
        await refused('full', stage.open(b, 65));
        await stage.close(a);
        await stage.open(b, 65);
        await engine.close();
      },
    },
    {
      name: 'layers that slide keep their window of a long conversation, the others all of it',
      run: () => withGpu(shared, keptPages),
    },
    {
      name: 'pages that a window left go to another conversation, and both answer like the cpu engine',
      run: () =>
        sameAnswers(createCpuEngine(), create(), [
          [a, 330],
          [b, 70],
          [a, 60],
          [b, 1],
          [a, 1],
        ]),
    },
    {
      name: 'a session whose window is gone cannot go back there, and stays as it is',
      run: () => goneWindow(create),
    },
  ];
}

/** One row of one query, key and value head, without norm or rotation, into the first cell. */
async function cachedHalves(gpu: Gpu, kernels: Kernels): Promise<void> {
  const size = 64;
  const values = noise(3 * size).map((value, index) => value * 10 ** ((index % 11) - 5));
  // Ties go to the even neighbour; a carry may reach the exponent; past the middle to 65536 there is only the largest.
  values.set([1 + 2 ** -11, 1 + 3 * 2 ** -11, 2 - 2 ** -12, -65_519, 65_520, -1e30, 0], size);
  values.set([1e6, -7e4, 0.1, 1 / 3], 2 * size);
  const place = await kernels.get('place-heads');
  const owned = new Owned(gpu);
  const usage = GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_DST | GPUBufferUsage.COPY_SRC;
  const create = (bytes: number) => owned.add(gpu.createBuffer('scratch', { size: bytes, usage }));
  const pageBytes = pagePositions * size * 2;
  const [step, unused, projected, keys, value] = [16, 16, 12 * size, pageBytes, pageBytes].map(create);
  const numbers = [1, 1, size, size, 3 * size, size, 0, 0, 0, 0, 0].map(u32 => ({ u32 }));
  const bindGroup = place.bind(
    uniform(gpu, numbers, owned.add),
    step!,
    unused!,
    vectorBuffer(gpu, new Float32Array(1), owned.add),
    projected!,
    keys!,
    value!,
  );
  const read = (from: GPUBuffer) =>
    gpu.read('a page', pageBytes, staging => {
      gpu.device.queue.writeBuffer(projected!, 0, values);
      const recording = new Recording(gpu);
      recording.run([perRow(place, bindGroup, 3)], { rows: 1, shares: 1, positions: 1 });
      recording.copy(from, 0, staging, 0, pageBytes);
      recording.submit();
    });
  const nearest = (number: number) => fromHalf(toHalf(Math.min(65_504, Math.max(-65_504, number))));
  const cachedKeys = new Uint16Array((await read(keys!)).buffer);
  const cachedValues = new Uint16Array((await read(value!)).buffer);
  for (let d = 0; d < size; d++) {
    // A key lies by fours, 64 positions of four beside each other.
    const key = fromHalf(cachedKeys[Math.floor(d / 4) * pagePositions * 4 + (d % 4)]!);
    const pairs = [
      [key, values[size + d]!],
      [fromHalf(cachedValues[d]!), values[2 * size + d]!],
    ] as const;
    for (const [actual, number] of pairs) {
      // Below 2^-14 drivers may round otherwise, or to zero.
      if (Math.abs(number) >= 2 ** -14) same(actual, nearest(number), `${number} as f16`);
      else same(Math.abs(actual - number) <= 2 ** -14, true, `${number} as f16, ${actual}, is near`);
    }
  }
  owned.destroy();
}

/** Five pages, which one row and seven take in two shares each; a hundred rows take them whole. */
async function sharedAttention(create: () => Promise<Engine>): Promise<void> {
  const turns = [
    [a, 300],
    [a, 1],
    [a, 7],
    [a, 1],
  ] as const;
  await sameAnswers(createCpuEngine(), create(), turns, ['gemma3', 'llama', 'qwen35']);
}

async function keptPages(gpu: Gpu): Promise<void> {
  const { hyper } = tinyModel('gemma3').model;
  const caches = new KvCaches(gpu, hyper, { first: 0, last: hyper.layers });
  const positions = 6400;
  const chunk = 64;
  const pages = caches.promise(positions);
  for (let length = chunk; length <= positions; length += chunk) {
    await caches.reserve(new Map([[pages, length]]));
    caches.slide(pages, length);
  }
  caches.createSteps();
  const pageBytes = pagePositions * hyper.kvHeads * hyper.keySize * 2;
  const [sliding, whole] = [0, hyper.sliding!.every - 1].map(
    layer => caches.of(layer).cache.keys.size / pageBytes,
  );
  const window = hyper.sliding!.window + slidingRewindMax + chunk;
  // Buffers double, so up to half of one may be free.
  same(
    sliding! <= 2 * Math.ceil(window / pagePositions + 1),
    true,
    `${sliding} pages of a layer that slides`,
  );
  same(whole! >= positions / pagePositions, true, `${whole} pages of a layer that does not`);
  caches.destroy();
}

async function goneWindow(create: () => Promise<Engine>): Promise<void> {
  const engine = await create();
  const { model, read } = tinyModel('gemma3');
  const stage = await engine.stage(model, { first: 0, last: 4 }, read);
  const { width } = model.hyper;
  const forward = (session: typeof a, position: number, count: number, seed: number) =>
    stage.forward([{ session, position, count }], noise(count * width, seed));
  for (const session of [a, b]) await stage.open(session, 512);
  await forward(a, 0, 330, 1);
  const expected = await forward(a, 330, 1, 2);
  await stage.rewind(a, 330);
  await refused('unsupported', stage.rewind(a, 40));
  equalWithin(await forward(a, 330, 1, 2), expected, 0, 'the row after');
  await stage.rewind(a, 0);
  equalWithin(await forward(a, 0, 8, 3), await forward(b, 0, 8, 3), 0, 'from the beginning');
  await engine.close();
}
