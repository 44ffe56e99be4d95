import { TabmeshError, toError } from '../base/error.ts';
import { adapterMs } from '../base/limits.ts';
import { createCpuEngine } from './cpu/cpu-engine.ts';
import type { Engine } from './engine.ts';
import { hasSimd, type LoadKernels } from './wasm/kernels.ts';
import { createWasmEngine, type StartThread } from './wasm/wasm-engine.ts';
import type { Shaders } from './webgpu/kernels.ts';
import { isSoftware } from './webgpu/software.ts';
import type { TierStore } from './webgpu/tier-memory.ts';

/** What the owner of an engine worker posts to it first. */
export interface EngineChoice {
  readonly device: 'auto' | 'cpu' | 'webgpu';
  /** Takes a GPU that is computed by the CPU: right for tests, slower than `cpu` for people. */
  readonly allowSoftware: boolean;
  /**
   * How a CPU computes. 'exact', the default, is the readable reference. 'fast' is kernels in WebAssembly, which round activations to 8
   * bits in front of quantized weights, as llama.cpp does; where they do not run, it is exact too.
   */
  readonly cpu?: 'exact' | 'fast';
  /** For 'fast', of this many threads; as many as suit the machine where it is missing. */
  readonly threads?: number;
  /** Of Node: where a GPU's choice of kernels is kept (engine/webgpu/tier-memory.ts). Without it every start measures. */
  readonly dataFolder?: string | undefined;
  /** The most bytes that the engine may hold; what the device has where it is missing. */
  readonly memoryBytes?: number | undefined;
  /** Of a GPU: see createWebGpuEngine. */
  readonly stepsAwaitKernels?: boolean;
}

interface Surroundings {
  /** undefined where there is no WebGPU; a sentence that says why, where one is known. */
  readonly gpu: GPU | string | undefined;
  readonly shaders: Shaders;
  /** Opens where a GPU's choice of kernels is kept. */
  readonly openStore?: (() => Promise<TierStore>) | undefined;
  readonly wasm: {
    readonly load: LoadKernels;
    readonly startThread: StartThread;
    /** How many threads could run at once; 1 where memory cannot be shared. */
    readonly parallelism: number;
  };
}

/** More threads than that gain nothing: they wait for memory. */
const threadsMax = 8;

/**
 * The best engine of this machine. Where 'auto' falls back to the CPU, the engine's note says why. Throws
 * TabmeshError('unsupported') where 'webgpu' was asked for and is not there.
 */
export async function chooseEngine({ device, ...rest }: EngineChoice & Surroundings): Promise<Engine> {
  if (device === 'cpu') return chooseCpu(rest);
  const engine = await tryWebGpu(rest);
  if (typeof engine !== 'string') return engine;
  if (device === 'auto') return chooseCpu(rest, `${engine}, so layers run on the CPU.`);
  throw new TabmeshError('unsupported', 'engine', `${engine}. Choose the device "cpu" or "auto".`);
}

type WithoutDevice = Omit<EngineChoice, 'device'> & Surroundings;

async function chooseCpu({ cpu, threads, memoryBytes, wasm }: WithoutDevice, note?: string): Promise<Engine> {
  if (cpu !== 'fast' || !hasSimd()) return createCpuEngine(note, memoryBytes);
  const { load, startThread, parallelism } = wasm;
  // Half: two hyperthreads share the arithmetic of one core, and the page, the network and other peers want some too. But two where there
  // are two: they give 1.6 to 1.8 times the speed of one (bench/RESULTS.md), and wait asleep while others have the processor.
  const suitable = Math.min(threadsMax, Math.max(2, Math.floor(parallelism / 2)));
  const count = Math.min(parallelism, threads ?? suitable);
  const more = note === undefined ? {} : { note };
  try {
    return await createWasmEngine({ load, startThread, threads: count, memoryBytes, ...more });
  } catch (error) {
    const why = `The fast kernels of the CPU could not be started (${reasonOf(error)}), so it computes slowly.`;
    return createCpuEngine(note === undefined ? why : `${note} ${why}`, memoryBytes);
  }
}

const reasonOf = (error: unknown): string => toError(error, 'engine').reason.replace(/\.$/, '');

/** Answers the engine, or the beginning of a sentence that says why there is none. */
async function tryWebGpu({
  allowSoftware,
  gpu,
  shaders,
  openStore,
  memoryBytes,
  stepsAwaitKernels,
}: WithoutDevice): Promise<Engine | string> {
  if (typeof gpu === 'string') return gpu;
  if (!gpu) return 'There is no WebGPU here';
  try {
    const adapter = await inTime(gpu.requestAdapter({ powerPreference: 'high-performance' }));
    if (adapter === 'late') return `The graphics driver did not answer within ${adapterMs / 1000} seconds`;
    if (!adapter) return 'WebGPU found no GPU that it can use';
    if (isSoftware(adapter) && !allowSoftware) return 'WebGPU is only simulated in software here';
    const { createWebGpuEngine } = await import('./webgpu/webgpu-engine.ts');
    return await createWebGpuEngine({ adapter, shaders, openStore, memoryBytes, stepsAwaitKernels });
  } catch (error) {
    return `The GPU could not be started (${reasonOf(error)})`;
  }
}

async function inTime<T>(work: Promise<T>): Promise<T | 'late'> {
  const { promise, resolve } = Promise.withResolvers<'late'>();
  const timer = setTimeout(resolve, adapterMs, 'late');
  return Promise.race([work, promise]).finally(() => clearTimeout(timer));
}
