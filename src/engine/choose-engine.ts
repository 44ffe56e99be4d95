import { TabmeshError, toError } from '../base/error.ts';
import { adapterMs } from '../base/limits.ts';
import { createCpuEngine } from './cpu/cpu-engine.ts';
import type { Engine } from './engine.ts';
import type { Shaders } from './webgpu/kernels.ts';

/** What the owner of an engine worker posts to it first. */
export interface EngineChoice {
  readonly device: 'auto' | 'cpu' | 'webgpu';
  /** Takes a GPU that is computed by the CPU: right for tests, slower than `cpu` for people. */
  readonly allowSoftware: boolean;
}

interface Surroundings {
  /** undefined where there is no WebGPU; a sentence that says why, where one is known. */
  readonly gpu: GPU | string | undefined;
  readonly shaders: Shaders;
}

/**
 * The best engine of this machine. Where 'auto' falls back to the CPU, the engine's note says why. Throws
 * TabmeshError('unsupported') where 'webgpu' was asked for and is not there.
 */
export async function chooseEngine({ device, ...rest }: EngineChoice & Surroundings): Promise<Engine> {
  if (device === 'cpu') return createCpuEngine();
  const engine = await tryWebGpu(rest);
  if (typeof engine !== 'string') return engine;
  if (device === 'auto') return createCpuEngine(`${engine}, so layers run on the CPU.`);
  throw new TabmeshError('unsupported', 'engine', `${engine}. Choose the device "cpu" or "auto".`);
}

/** Answers the engine, or the beginning of a sentence that says why there is none. */
async function tryWebGpu({
  allowSoftware,
  gpu,
  shaders,
}: Omit<EngineChoice, 'device'> & Surroundings): Promise<Engine | string> {
  if (typeof gpu === 'string') return gpu;
  if (!gpu) return 'There is no WebGPU here';
  try {
    const adapter = await inTime(gpu.requestAdapter({ powerPreference: 'high-performance' }));
    if (adapter === 'late') return `The graphics driver did not answer within ${adapterMs / 1000} seconds`;
    if (!adapter) return 'WebGPU found no GPU that it can use';
    if (isSoftware(adapter) && !allowSoftware) return 'WebGPU is only simulated in software here';
    const { createWebGpuEngine } = await import('./webgpu/webgpu-engine.ts');
    return await createWebGpuEngine({ adapter, shaders });
  } catch (error) {
    return `The GPU could not be started (${toError(error, 'engine').reason.replace(/\.$/, '')})`;
  }
}

function isSoftware({ info }: GPUAdapter): boolean {
  const name = `${info.architecture} ${info.description} ${info.device}`;
  return info.isFallbackAdapter || /swiftshader|llvmpipe|lavapipe|basic render/i.test(name);
}

async function inTime<T>(work: Promise<T>): Promise<T | 'late'> {
  const { promise, resolve } = Promise.withResolvers<'late'>();
  const timer = setTimeout(resolve, adapterMs, 'late');
  return Promise.race([work, promise]).finally(() => clearTimeout(timer));
}
