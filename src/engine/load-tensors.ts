import { assert } from '../base/assert.ts';
import { TabmeshError, toError } from '../base/error.ts';
import type { LayerRange, Model, TensorInfo, TensorReader } from '../model/model.ts';
import { type DeviceMemory, headScratchBytes, stageScratchBytes } from './device-memory.ts';
import type { SharedTensors } from './shared-tensors.ts';
import { type Piece, readPieces } from './tensor-pieces.ts';

export interface LoadedTensors<T> {
  readonly bytes: number;
  get(tensor: TensorInfo): T;
  release(): Promise<void>;
}

/** A device as loads see it. T is how it holds a tensor. */
export interface TensorHome<T> {
  readonly memory: DeviceMemory;
  readonly shared: SharedTensors<T>;
  /** What the tensor takes there. */
  bytesOf(tensor: TensorInfo): number;
  /** Throws TabmeshError('full', 'engine') where it does not fit, and leaves nothing behind then. */
  place(tensor: TensorInfo, pieces: AsyncIterable<Piece>): Promise<T>;
}

/** What is loaded, in the words of its refusal, and what it takes beside its tensors. */
export interface LoadedPart {
  readonly name: string;
  readonly moreBytes: number;
}

export const stagePart = ({ name, hyper }: Model, { first, last }: LayerRange): LoadedPart => ({
  name: last - first === 1 ? `layer ${first} of ${name}` : `layers ${first} to ${last - 1} of ${name}`,
  moreBytes: stageScratchBytes(hyper),
});

export const headPart = ({ name, hyper }: Model): LoadedPart => ({
  name: `the head of ${name}`,
  moreBytes: headScratchBytes(hyper),
});

/**
 * Loads `tensors` of `part`, unless they do not fit: then it throws TabmeshError('full', 'engine') before any is read. When
 * one fails, or `signal` aborts, those that came are freed again. They come one after the other and in pieces, so that only
 * one piece lies in memory outside of the device: a peak is what ends a phone's tab.
 */
export async function loadTensors<T>(
  model: Model,
  part: LoadedPart,
  tensors: Iterable<TensorInfo>,
  { memory, shared, bytesOf, place }: TensorHome<T>,
  read: TensorReader,
  signal?: AbortSignal,
): Promise<LoadedTensors<T>> {
  const held = new Map<string, T>();
  const keyOf = (name: string) => `${model.id} ${name}`;
  const release = async () => {
    for (const name of held.keys()) await shared.release(keyOf(name));
  };
  // As they stand in the file: a chunk of it holds many small ones, and is read from the store but once.
  const ordered = [...new Set(tensors)].sort((a, b) => a.offset - b.offset);
  const missing = ordered.filter(({ name }) => !shared.has(keyOf(name)));
  memory.check(
    part.name,
    missing.reduce((sum, tensor) => sum + bytesOf(tensor), part.moreBytes),
  );
  let total = 0;
  try {
    for (const tensor of ordered) {
      const load = () => place(tensor, readPieces(tensor, read, signal));
      held.set(tensor.name, await shared.acquire(keyOf(tensor.name), load, signal));
      total += tensor.bytes;
    }
  } catch (error) {
    await release();
    throw named(error, model);
  }
  return {
    bytes: total,
    get: ({ name }) => {
      const tensor = held.get(name);
      assert(tensor !== undefined, `${name} was not loaded`);
      return tensor;
    },
    release,
  };
}

function named(error: unknown, model: Model): TabmeshError {
  if (error instanceof RangeError) {
    const reason = `Memory ran out while ${model.name} was loaded. Take fewer layers.`;
    return new TabmeshError('full', 'engine', reason, { cause: error });
  }
  return toError(error, 'engine');
}
