import { Worker } from 'node:worker_threads';
import { expect, test } from 'vitest';
import { chooseEngine } from './choose-engine.ts';
import { connectEngine } from './remote/connect-engine.ts';

const gpuThat = (requestAdapter: () => Promise<unknown>) => ({ requestAdapter }) as unknown as GPU;
const adapterOf = (info: object) =>
  ({ info: { vendor: '', architecture: '', description: '', device: '', ...info } }) as unknown as GPUAdapter;
const choose = (device: 'auto' | 'cpu' | 'webgpu', gpu: GPU | string | undefined) =>
  chooseEngine({ device, allowSoftware: false, gpu, shaders: {} });

test('the CPU that was asked for has no note', async () => {
  const engine = await choose('cpu', undefined);
  expect(engine.device).toEqual({ kind: 'cpu', name: 'CPU' });
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
