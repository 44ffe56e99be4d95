import { TabmeshError } from '../../base/error.ts';
import { threadStartMs } from '../../base/limits.ts';
import type { LayerRange, Model, TensorInfo, TensorReader } from '../../model/model.ts';
import { DeviceMemory, type MemoryUse } from '../device-memory.ts';
import type { DeviceInfo, Engine } from '../engine.ts';
import { headRoles, isVector, mapRoles, rangeRoles } from '../layer-tensors.ts';
import { headPart, loadTensors, stagePart, type TensorHome } from '../load-tensors.ts';
import { closed } from '../sessions.ts';
import { SharedTensors } from '../shared-tensors.ts';
import type { Head, Stage } from '../stage.ts';
import { Heap } from './heap.ts';
import { chooseKernels, type KernelSetup, type LoadKernels } from './kernels.ts';
import { type Machine, threadsFor } from './machine.ts';
import { matrixBytes, type Placed, placeMatrix, placeVector, vectorBytes } from './placed.ts';
import { StageProgram } from './stage-program.ts';
import { WasmHead } from './wasm-head.ts';
import { WasmStage } from './wasm-stage.ts';

/** What a further thread is given: it runs what the first one leads until it is ended. */
export interface ThreadSetup extends KernelSetup {
  readonly thread: number;
  readonly job: number;
}
/** Starts a worker that hands its setup to `runThread`. */
export type StartThread = (setup: ThreadSetup) => Thread;

export interface Thread {
  /** Resolves when it runs; rejects where it cannot. */
  readonly ready: Promise<void>;
  end(): void;
}

export interface WasmOptions {
  readonly load: LoadKernels;
  /** All that compute, the engine's own among them. More than one need shared memory and `startThread`. */
  readonly threads: number;
  readonly startThread?: StartThread;
  /** How many of the threads share steps of so many multiply-adds. */
  readonly share?: (stepWork: number, threads: number) => number;
  /** Why this device and not a faster one. */
  readonly note?: string;
  /** The most that it may hold; 4 GiB where it is missing or more. */
  readonly memoryBytes?: number | undefined;
}

/**
 * WebAssembly kernels on the CPU. Activations are rounded to 8 bits in front of quantized weights, as llama.cpp does; the reference in
 * cpu/ rounds nothing. Holds up to 4 GiB.
 */
export async function createWasmEngine(options: WasmOptions): Promise<Engine> {
  const { load, threads, startThread, share = threadsFor, note, memoryBytes = Infinity } = options;
  const { setup, kernels, products, memoryBytesMax } = await chooseKernels(
    load,
    threads > 1 && startThread !== undefined,
  );
  const memory = new DeviceMemory(Math.min(memoryBytes, memoryBytesMax));
  const team = startThread ? await startTeam(setup, kernels.lastJob(), threads, startThread) : [];
  const count = team.length + 1;
  const machine: Machine = {
    heap: new Heap(setup.memory, memory),
    kernels,
    threads: count,
    activationBlockBytes: kernels.activationBlockBytes.value,
    run: ({ program, stepWork }) => kernels.lead(program, Math.min(count, share(stepWork, count))),
  };
  const name = `CPU (wasm ${products === 'wide' ? '' : 'relaxed '}SIMD, ${count} thread${count === 1 ? '' : 's'})`;
  const device = { kind: 'cpu', name, ...(note === undefined ? {} : { note }) } as const;
  return new WasmEngine(device, machine, memory, () => {
    for (const thread of team) thread.end();
  });
}

/**
 * All further threads, or none where one does not start. They are waited for, because a browser starts a worker only while
 * the one that made it is idle, and the first thread sleeps when it waits for the others.
 */
async function startTeam(
  setup: KernelSetup,
  job: number,
  threads: number,
  startThread: StartThread,
): Promise<readonly Thread[]> {
  const team = Array.from({ length: threads - 1 }, (_, index) =>
    startThread({ ...setup, thread: index + 1, job }),
  );
  const { promise: late, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(reject, threadStartMs, new Error('a thread did not start'));
  try {
    await Promise.race([Promise.all(team.map(({ ready }) => ready)), late]);
    return team;
  } catch {
    for (const thread of team) thread.end();
    return [];
  } finally {
    clearTimeout(timer);
  }
}

class WasmEngine implements Engine {
  readonly device: DeviceInfo;
  readonly lost = new Promise<string>(() => {});
  readonly #machine: Machine;
  readonly #home: TensorHome<Placed>;
  readonly #endThreads: () => void;
  readonly #parts = new Set<Stage | Head>();
  #closed = false;

  constructor(device: DeviceInfo, machine: Machine, memory: DeviceMemory, endThreads: () => void) {
    this.device = device;
    this.#machine = machine;
    this.#endThreads = endThreads;
    const { heap, kernels } = machine;
    this.#home = {
      memory,
      shared: new SharedTensors<Placed>(({ taken }) => {
        for (const address of taken) heap.release(address);
      }),
      bytesOf: tensor => (isVector(tensor) ? vectorBytes(tensor) : matrixBytes(tensor)),
      place: (tensor, pieces) =>
        isVector(tensor) ? placeVector(heap, tensor, pieces) : placeMatrix(heap, kernels, tensor, pieces),
    };
  }

  async memory(): Promise<MemoryUse> {
    return this.#home.memory.use;
  }

  async stage(model: Model, layers: LayerRange, read: TensorReader, signal?: AbortSignal): Promise<Stage> {
    const roles = rangeRoles(model, layers);
    checkSizes(model);
    const tensors = roles.flatMap(parts => Object.values<TensorInfo>({ ...parts }));
    const loaded = await loadTensors(model, stagePart(model, layers), tensors, this.#home, read, signal);
    const placed = roles.map(parts => mapRoles(parts, loaded.get, loaded.get));
    const make = (free: () => Promise<void>) => {
      const program = new StageProgram(this.#machine, model.hyper, placed, layers.first);
      return new WasmStage(this.#machine.heap, model.hyper, { ...layers }, program, loaded.bytes, free);
    };
    return this.#keep(make, loaded.release);
  }

  async head(model: Model, read: TensorReader, signal?: AbortSignal): Promise<Head> {
    const { embedding, outputNorm, output } = headRoles(model);
    checkSizes(model);
    const tensors = [embedding, outputNorm, output];
    const loaded = await loadTensors(model, headPart(model), tensors, this.#home, read, signal);
    const weights = {
      embedding: loaded.get(embedding),
      outputNorm: loaded.get(outputNorm),
      output: loaded.get(output),
    };
    const make = (free: () => Promise<void>) =>
      new WasmHead(this.#machine, model.hyper, weights, loaded.bytes, free);
    return this.#keep(make, loaded.release);
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    for (const part of [...this.#parts]) await part.dispose();
    this.#endThreads();
  }

  async #keep<Part extends Stage | Head>(
    make: (free: () => Promise<void>) => Part,
    release: () => Promise<void>,
  ): Promise<Part> {
    try {
      if (this.#closed) throw closed();
      const part: Part = make(() => {
        this.#parts.delete(part);
        return release();
      });
      this.#parts.add(part);
      return part;
    } catch (error) {
      await release();
      throw error;
    }
  }
}

/** The kernels take four values at a time and leave no rest, of a delta net sixteen; its convolution is over four rows. */
function checkSizes({ name, hyper }: Model): void {
  const { width, keySize, valueSize, feedForward, deltaNet } = hyper;
  const refuse = (what: string) => {
    const reason = `${name} has ${what}, which this version's kernels do not read.`;
    throw new TabmeshError('unsupported', 'engine', reason);
  };
  if ([width, keySize, valueSize, feedForward].some(size => size % 4))
    refuse('rows that are no multiple of 4');
  if (!deltaNet) return;
  if (deltaNet.headSize % 16) refuse('heads of a delta net that are no multiple of 16');
  if (deltaNet.kernel !== 4) refuse(`a convolution over ${deltaNet.kernel} rows`);
}
