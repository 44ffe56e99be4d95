import { Worker } from 'node:worker_threads';
import { expect, test } from 'vitest';
import { loadKernels, startThread } from '../../workers/kernels-node.ts';
import { chooseEngine } from './choose-engine.ts';
import { connectEngine } from './remote/connect-engine.ts';
import { tinyModel } from './tiny-model.ts';
import type { StartThread } from './wasm/wasm-engine.ts';

const gpuThat = (requestAdapter: () => Promise<unknown>) => ({ requestAdapter }) as unknown as GPU;
const adapterOf = (info: object) =>
  ({ info: { vendor: '', architecture: '', description: '', device: '', ...info } }) as unknown as GPUAdapter;
const wasm = { load: loadKernels, startThread, parallelism: 4 };
const choose = (
  device: 'auto' | 'cpu' | 'webgpu',
  gpu: GPU | string | undefined,
  cpu: 'exact' | 'fast' = 'exact',
) => chooseEngine({ device, allowSoftware: false, cpu, gpu, shaders: {}, wasm });

test('the CPU that was asked for has no note', async () => {
  const engine = await choose('cpu', undefined);
  expect(engine.device).toEqual({ kind: 'cpu', name: 'CPU' });
});

test.each([
  [1, '1 thread'],
  [2, '2 threads'],
  [3, '2 threads'],
  [6, '3 threads'],
  [64, '8 threads'],
])('of %i threads that could run, the kernels of a CPU take %s', async (parallelism, taken) => {
  const started: StartThread = () => ({ ready: Promise.resolve(), end: () => {} });
  const engine = await chooseEngine({
    device: 'cpu',
    cpu: 'fast',
    allowSoftware: false,
    gpu: undefined,
    shaders: {},
    wasm: { load: loadKernels, startThread: started, parallelism },
  });
  expect(engine.device.name).toContain(`, ${taken})`);
  await engine.close();
});

test('a fast CPU takes half of the threads', async () => {
  const engine = await choose('cpu', undefined, 'fast');
  expect(engine.device.name).toMatch(/^CPU \(wasm (relaxed )?SIMD, 2 threads\)$/);
  await engine.close();
  const slower = await choose('auto', undefined, 'fast');
  expect(slower.device).toMatchObject({
    kind: 'cpu',
    note: 'There is no WebGPU here, so layers run on the CPU.',
  });
  await slower.close();
});

test('kernels that do not come, and threads that do not start, leave a slower CPU', async () => {
  const choice = { device: 'cpu', cpu: 'fast', allowSoftware: false, gpu: undefined, shaders: {} } as const;
  const none = await chooseEngine({
    ...choice,
    wasm: { ...wasm, load: () => Promise.reject(new Error('404.')) },
  });
  expect(none.device).toEqual({
    kind: 'cpu',
    name: 'CPU',
    note: expect.stringMatching(/could not be started \(.*404\), so it computes slowly/),
  });
  const dead: StartThread = () => ({ ready: Promise.reject(new Error('no worker')), end: () => {} });
  const alone = await chooseEngine({ ...choice, wasm: { ...wasm, startThread: dead } });
  expect(alone.device.name).toContain('1 thread');
  const { model, read } = tinyModel('qwen3');
  const head = await alone.head(model, read);
  expect((await head.logits(await head.embed([1, 2]))).every(Number.isFinite)).toBe(true);
  await alone.close();
});

test.each([
  ['there is no WebGPU', undefined, 'There is no WebGPU here'],
  ['the surroundings know why', 'The package does not run', 'The package does not run'],
  ['there is no adapter', gpuThat(async () => null), 'WebGPU found no GPU that it can use'],
  [
    'the adapter is said to be a fallback',
    gpuThat(async () => adapterOf({ isFallbackAdapter: true })),
    'WebGPU is only simulated in software here',
  ],
  [
    'the adapter is SwiftShader',
    gpuThat(async () => adapterOf({ vendor: 'google', architecture: 'swiftshader' })),
    'WebGPU is only simulated in software here',
  ],
  [
    'the adapter is llvmpipe',
    gpuThat(async () => adapterOf({ description: 'llvmpipe (LLVM 15.0.6, 256 bits)' })),
    'WebGPU is only simulated in software here',
  ],
  [
    'the driver fails',
    gpuThat(async () => {
      throw new DOMException('No device.', 'OperationError');
    }),
    'The GPU could not be started (No device)',
  ],
] as const)('where %s, auto takes the CPU and says so', async (_, gpu, why) => {
  const engine = await choose('auto', gpu);
  expect(engine.device).toEqual({ kind: 'cpu', name: 'CPU', note: `${why}, so layers run on the CPU.` });
  await expect(choose('webgpu', gpu)).rejects.toMatchObject({
    kind: 'unsupported',
    origin: 'engine',
    reason: `${why}. Choose the device "cpu" or "auto".`,
  });
});

test('a worker of Node answers whatever this machine has', async () => {
  const worker = new Worker(new URL('../../workers/engine-node.ts', import.meta.url));
  worker.postMessage({ device: 'auto', allowSoftware: false });
  const engine = await connectEngine(worker);
  expect(engine.device.kind === 'webgpu' || engine.device.note).toBeTruthy();
  await engine.close();
});
