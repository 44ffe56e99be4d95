/** What only the WebGPU engine has to show; as plain functions, for a page and for a bare script alike. */
import { likeliestMax } from '../../src/base/limits.ts';
import { createCpuEngine } from '../../src/engine/cpu/cpu-engine.ts';
import type { Engine } from '../../src/engine/engine.ts';
import { type Case, equalWithin, refused, same } from '../../src/engine/engine-contract-cases.ts';
import { greedy, type Sampling } from '../../src/engine/stage.ts';
import { allArchitectures, inFours, tinyModel } from '../../src/engine/tiny-model.ts';
import { prepare, Recording, strideOf } from '../../src/engine/webgpu/dispatch.ts';
import type { Gpu } from '../../src/engine/webgpu/gpu.ts';
import { uploadMatrix } from '../../src/engine/webgpu/gpu-matrix.ts';
import { type Kernels, rowTile } from '../../src/engine/webgpu/kernels.ts';
import { Owned } from '../../src/engine/webgpu/owned.ts';
import { project } from '../../src/engine/webgpu/projection.ts';
import { createTop } from '../../src/engine/webgpu/top.ts';
import { createWebGpuEngine } from '../../src/engine/webgpu/webgpu-engine.ts';
import { type Model, type TensorReader, type TensorType, tensorTypes } from '../../src/model/model.ts';
import { blockLayouts } from '../../src/model/tensor-type.ts';
import { a, b, noise, sameAnswers, type WebGpuSurroundings, watched, withGpu, withLimits } from './around.ts';
import { type Counts, counted, reset } from './counted.ts';

export function webGpuCases(around: WebGpuSurroundings): Case[] {
  const { shaders, kept } = around;
  const create = async () => createWebGpuEngine({ adapter: await kept, shaders, stepsAwaitKernels: true });
  const shared = { ...around, adapter: () => kept };
  return [
    ...tensorTypes.map(type => ({
      name: `${type}: the kernel decodes every weight, for one row and for several`,
      run: () => withGpu(shared, (gpu, kernels) => decodes(gpu, kernels, type, around)),
    })),
    {
      name: 'rows that are no whole runs, and matrices in parts, are multiplied like any other',
      run: async () => {
        await withGpu(shared, oddShapes);
        const adapter = async () => withLimits(await kept, 4096);
        await withGpu({ ...around, adapter }, oddShapes);
      },
    },
    {
      name: 'a model whose matrices exceed one binding answers alike',
      run: async () => {
        const cramped = await createWebGpuEngine({
          adapter: withLimits(await kept, 16_384),
          shaders,
          stepsAwaitKernels: true,
        });
        const turns = [
          [a, 20],
          [a, 1],
        ] as const;
        await sameAnswers(create(), cramped, turns, allArchitectures, 1e-3);
      },
    },
    {
      name: 'experts that no row chose are not read',
      run: () => unchosenExperts(create),
    },
    {
      name: 'a token takes at most nine dispatches a layer, one submit, and each weight once',
      run: () => counted(counts => oneTokenCosts(create, counts)),
    },
    {
      name: 'the next token comes without its logits, and is the one that all logits give',
      run: () => counted(counts => nextTokens(create, counts)),
    },
    {
      name: 'the embedding of a likely token comes with it, out of a matrix in parts, too',
      run: () =>
        counted(async counts => {
          for (const adapter of [await kept, withLimits(await kept, 16_384)])
            await embeddingsAhead(await createWebGpuEngine({ adapter, shaders }), counts);
        }),
    },
    {
      name: 'a step of several rows does not wait for its kernels, and is right without them',
      run: () => uncompiled(around),
    },
    {
      name: 'the best of any number of logits come in order, with the mass of all',
      run: () => withGpu(shared, bestLogits),
    },
    {
      name: 'a lost device fails what is under way and says so',
      run: async () => {
        let device: GPUDevice | undefined;
        const adapter = watched(await around.adapter(), made => {
          device = made;
        });
        const engine = await createWebGpuEngine({ adapter, shaders });
        const { model, read } = tinyModel('qwen3');
        const stage = await engine.stage(model, { first: 0, last: 4 }, read);
        const head = await engine.head(model, read);
        await stage.open(a, 16);
        const { width } = model.hyper;
        await stage.forward([{ session: a, position: 0, count: 1 }], noise(width));
        const pending = refused('lost', stage.forward([{ session: a, position: 1, count: 1 }], noise(width)));
        await Promise.resolve();
        device!.destroy();
        await pending;
        same((await engine.lost).length > 0, true, 'the sentence');
        await refused('lost', stage.open(b, 4));
        await refused('lost', head.logits(noise(width)));
        await refused('lost', engine.stage(model, { first: 0, last: 1 }, read));
        await engine.close();
      },
    },
    {
      name: 'a closed engine is not reported as lost, and cancels what is under way',
      run: async () => {
        const engine = await createWebGpuEngine({ adapter: await around.adapter(), shaders });
        const { model, read } = tinyModel('qwen3');
        await engine.close();
        await refused('cancelled', engine.stage(model, { first: 0, last: 1 }, read));
        const lost = await Promise.race([
          engine.lost,
          new Promise(resolve => setTimeout(resolve, 50, 'not')),
        ]);
        same(lost, 'not', 'whether the device was lost');
      },
    },
    {
      name: 'a kernel that does not compile is named',
      run: async () => {
        const broken = { ...shaders, attention: 'nonsense' };
        const engine = await createWebGpuEngine({ adapter: await around.adapter(), shaders: broken });
        const { model, read } = tinyModel('qwen3');
        await refused('unsupported', engine.stage(model, { first: 0, last: 1 }, read));
        await engine.close();
      },
    },
    {
      name: 'commands that the device refuses are thrown, in a scope and outside of one',
      run: () =>
        withGpu(around, async gpu => {
          const wrong = () =>
            gpu.device.createBuffer({ size: 4, usage: GPUBufferUsage.MAP_READ | GPUBufferUsage.MAP_WRITE });
          await refused('unavailable', gpu.checked('a test', 4, wrong));
          wrong();
          await refused(
            'unavailable',
            gpu.checked('the next', 0, () => {}),
          );
          await gpu.checked('the one after', 0, () => {});
        }),
    },
  ];
}

/** Kernels for four and eight rows never come to be, as from a compiler that takes long. */
async function uncompiled({ adapter: fresh, shaders }: WebGpuSurroundings): Promise<void> {
  const wanted: string[] = [];
  const adapter = watched(await fresh(), device => {
    const compile = device.createComputePipelineAsync.bind(device);
    device.createComputePipelineAsync = descriptor => {
      if (!/^projection .* [48] \d+ lanes$/.test(descriptor.label!)) return compile(descriptor);
      wanted.push(descriptor.label!);
      return new Promise(() => {});
    };
  });
  const turns = [3, 1, 8, 5].map(count => [a, count] as const);
  await sameAnswers(createCpuEngine(), createWebGpuEngine({ adapter, shaders }), turns, ['llama']);
  same(wanted.length > 0, true, 'whether they were asked for');
}

/** input (rows x columns) times the matrix, by the kernels for `rows` rows. */
async function product(
  gpu: Gpu,
  kernels: Kernels,
  type: TensorType,
  bytes: Uint8Array<ArrayBuffer>,
  columns: number,
  input: Float32Array,
): Promise<Float32Array> {
  const rows = input.length / columns;
  const height = bytes.length / rowBytes(type, columns);
  const info = { name: 'test', type, shape: [columns, height], offset: 0, bytes: bytes.length };
  const matrix = await uploadMatrix(gpu, info, inFours(info, bytes));
  const owned = new Owned(gpu);
  const padded = Math.ceil(rows / rowTile) * rowTile;
  const usage = GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_DST | GPUBufferUsage.COPY_SRC;
  const create = (size: number) => owned.add(gpu.createBuffer('scratch', { size, usage }));
  const stride = strideOf(columns);
  const from = create(padded * stride * 4);
  const to = create(padded * height * 4);
  const step = { matrices: [matrix], input: from, output: to, outputStride: height };
  const dispatches = await project(gpu, kernels, step, owned.add);
  await prepare(dispatches, rows);
  const output = await gpu.read('a product', rows * height * 4, staging => {
    for (let row = 0; row < rows; row++) {
      const values = input.slice(row * columns, (row + 1) * columns);
      gpu.device.queue.writeBuffer(from, row * stride * 4, values);
    }
    const recording = new Recording(gpu);
    recording.run(dispatches, { rows, shares: 1, positions: 0 });
    recording.copy(to, 0, staging, 0, rows * height * 4);
    recording.submit();
  });
  owned.destroy();
  return output;
}

const rowBytes = (type: TensorType, columns: number): number =>
  (columns / blockLayouts[type].weights) * blockLayouts[type].bytes;

/** Of a layer, of the rest of a stage, and of the head. */
async function oneTokenCosts(create: () => Promise<Engine>, counts: Counts): Promise<void> {
  for (const architecture of ['qwen3', 'gemma3'] as const) {
    const engine = await create();
    const { model, read } = tinyModel(architecture);
    const stage = await engine.stage(model, { first: 0, last: 4 }, read);
    const { width } = model.hyper;
    await stage.open(a, 300);
    // A long context is divided, which costs a dispatch more.
    for (let position = 0; position < 280; position += 140) {
      await stage.forward([{ session: a, position, count: 140 }], noise(140 * width));
    }
    for (const count of [1, 8]) {
      reset(counts);
      await stage.forward([{ session: a, position: 280, count }], noise(count * width));
      await stage.rewind(a, 280);
      const most = architecture === 'gemma3' ? 9 : 7;
      same(counts.dispatches, 4 * most, `${architecture}: dispatches for ${count}`);
      same(counts.submits, 1, 'submits');
      same(counts.readbacks, 1, 'readbacks');
      same(counts.readBytes, count * width * 4, 'bytes read back');
      const share = counts.weightBytes / matrixBytes(model, 'blk.');
      same(share >= 1 && share <= 1.05, true, `${architecture}: weights read are ${share} of the model's`);
    }
    await engine.close();
  }
}

function matrixBytes(model: Model, prefix: string): number {
  const matrices = [...model.tensors.values()].filter(
    ({ name, shape }) => name.startsWith(prefix) && shape.length > 1,
  );
  return matrices.reduce((sum, { bytes }) => sum + bytes, 0);
}

/** A router of zeros likes all alike, so the first ones are taken; the others are nothing but NaN. */
async function unchosenExperts(create: () => Promise<Engine>): Promise<void> {
  const { model, read } = tinyModel('qwen3moe');
  const { width, experts } = model.hyper;
  const spoiled: TensorReader = async (name, range, signal) => {
    const bytes = await read(name, range, signal);
    if (name.includes('ffn_gate_inp')) return bytes.fill(0);
    const chosen = (model.tensors.get(name)!.bytes * experts!.used) / experts!.count;
    return name.includes('_exps') ? bytes.fill(0xff, Math.max(0, chosen - range.start)) : bytes;
  };
  const [expected, actual] = await Promise.all(
    [createCpuEngine(), await create()].map(async engine => {
      const stage = await engine.stage(model, { first: 0, last: 4 }, spoiled);
      await stage.open(a, 48);
      const answers: Float32Array[] = [];
      for (const [position, count] of [
        [0, 40],
        [40, 1],
      ] as const)
        answers.push(await stage.forward([{ session: a, position, count }], noise(count * width, position)));
      await engine.close();
      return answers;
    }),
  );
  expected!.forEach((rows, index) => {
    equalWithin(actual![index]!, rows, 0.02, 'rows of the first experts');
  });
}

async function nextTokens(create: () => Promise<Engine>, counts: Counts): Promise<void> {
  const engine = await create();
  for (const { model, read } of [tinyModel('qwen3')]) {
    const head = await engine.head(model, read);
    const cpu = await createCpuEngine().head(model, read);
    const settings: Sampling[] = [
      greedy,
      { temperature: 1, topK: 40, topP: 0.95, minP: 0, seed: 3 },
      { temperature: 0.7, topK: 0, topP: 0.5, minP: 0.05, seed: 4 },
      { temperature: 1, topK: 0, topP: 1, minP: 0.6, seed: 5 },
    ];
    for (const [index, sampling] of settings.entries()) {
      for (let position = 0; position < 8; position++) {
        const hidden = noise(model.hyper.width, 100 * index + position);
        reset(counts);
        const { token } = await head.next(hidden.slice(), sampling, position, likeliestMax);
        same(counts.submits, 1, 'submits');
        same(counts.dispatches, 3, 'dispatches');
        same(counts.weightBytes <= 1.05 * matrixBytes(model, 'token_embd'), true, 'weights read once');
        // The best tokens, and four embeddings of numbers in whole runs.
        const most = 1024 + 4 * strideOf(model.hyper.width) * 4;
        same(counts.readBytes <= most, true, `${counts.readBytes} bytes read back`);
        const expected = await cpu.next(hidden, sampling, position);
        same(token, expected.token, `token under setting ${index}`);
      }
    }
    // Anything may be drawn: all logits come.
    const open = { temperature: 1.5, topK: 0, topP: 1, minP: 0, seed: 6 };
    for (let position = 0; position < 8; position++) {
      const hidden = noise(model.hyper.width, position);
      const { token } = await head.next(hidden.slice(), open, position);
      same(token, (await cpu.next(hidden, open, position)).token, 'open');
    }
  }
  await engine.close();
}

async function embeddingsAhead(engine: Engine, counts: Counts): Promise<void> {
  const { model, read } = tinyModel('qwen3');
  const head = await engine.head(model, read);
  const cpu = await createCpuEngine().head(model, read);
  for (let position = 0; position < 8; position++) {
    const { token } = await head.next(noise(model.hyper.width, position), greedy, position);
    reset(counts);
    const embedded = await head.embed([token]);
    same(counts.submits, 0, `submits for token ${token}`);
    equalWithin(embedded, await cpu.embed([token]), 0, `embedding of ${token}`);
  }
  await engine.close();
}

/** One workgroup takes 512 logits and leaves 64, so 5000 take three levels. */
async function bestLogits(gpu: Gpu, kernels: Kernels): Promise<void> {
  for (const count of [50, 512, 5000]) {
    // In eighths they tie often, zeros of both signs among them.
    const logits = noise(count, count).map(value => Math.round(value * 64) / 8);
    logits[3] = -Infinity;
    const owned = new Owned(gpu);
    const usage = GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_DST;
    const buffer = owned.add(gpu.createBuffer('scratch', { size: count * 4, usage }));
    const top = await createTop(gpu, kernels, buffer, count, 1, owned.add);
    const find = async () => {
      const words = await gpu.read('the best', top.bytes, staging => {
        gpu.device.queue.writeBuffer(buffer, 0, logits);
        const recording = new Recording(gpu);
        recording.run(top.dispatches, { rows: 1, shares: 1, positions: 0 });
        recording.copy(top.buffer, top.offset(0), staging, 0, top.bytes);
        recording.submit();
      });
      return top.parse(new Uint32Array(words.buffer));
    };
    const found = await find();
    const order = [...logits.keys()].sort((a, b) => logits[b]! - logits[a]! || a - b).slice(0, 64);
    same(found.tokens.join(), order.join(), `the best of ${count}`);
    same(found.logits.join(), order.map(token => logits[token]).join(), 'their logits');
    const mass = logits.reduce((sum, logit) => sum + Math.exp(logit - logits[order[0]!]!), 0);
    equalWithin(Float32Array.of(found.mass), Float32Array.of(mass), mass * 1e-5, 'mass');
    same(found.faults, 0, 'faults');
    logits[count - 1] = Number.NaN;
    logits[7] = Infinity;
    same((await find()).faults, 2, 'faults');
    owned.destroy();
  }
}

/** Unit vectors as input bring every weight out, each within 1e-6 of itself and `doubt` of the largest. */
export async function decodes(
  gpu: Gpu,
  kernels: Kernels,
  type: TensorType,
  { quants }: WebGpuSurroundings,
  doubt = 0,
): Promise<void> {
  const exactBytes = await quants(`${type.toLowerCase()}.f32`);
  const exact = exactBytes ? new Float32Array(exactBytes.buffer) : noise(1024);
  const bytes = (await quants(`${type.toLowerCase()}.bin`)) ?? new Uint8Array(exact.slice().buffer);
  const largest = exact.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  const units = new Float32Array(256 * 256);
  for (let i = 0; i < 256; i++) units[i * 257] = 1;
  const many = await product(gpu, kernels, type, bytes, 256, units);
  for (let column = 0; column < 256; column++) {
    const one = [0, 85, 170, 255].includes(column)
      ? await product(gpu, kernels, type, bytes, 256, units.slice(column * 256, column * 256 + 256))
      : undefined;
    for (let row = 0; row < 4; row++) {
      const expected = exact[row * 256 + column]!;
      const near = Math.abs(expected) * 1e-6 + largest * doubt;
      equalWithin(
        many.subarray(column * 4 + row, column * 4 + row + 1),
        Float32Array.of(expected),
        near,
        type,
      );
      if (one) equalWithin(one.subarray(row, row + 1), Float32Array.of(expected), near, `${type}, one row`);
    }
  }
}

async function oddShapes(gpu: Gpu, kernels: Kernels): Promise<void> {
  for (const [columns, height, rows] of [
    [172, 5, 3],
    [31, 70, 1],
    [1, 3, 9],
    [96, 37, 10],
    [2080, 3, 2],
  ] as const) {
    const weights = noise(columns * height, 2);
    const input = noise(columns * rows, 3);
    const actual = await product(gpu, kernels, 'F32', new Uint8Array(weights.buffer), columns, input);
    const expected = Float32Array.from({ length: rows * height }, (_, index) => {
      let sum = 0;
      for (let c = 0; c < columns; c++) {
        sum += weights[(index % height) * columns + c]! * input[Math.floor(index / height) * columns + c]!;
      }
      return sum;
    });
    equalWithin(actual, expected, 1e-4, `${height} x ${columns} by ${rows}`);
  }
}
