import { assert } from '../base/assert.ts';
import { TabmeshError, toError } from '../base/error.ts';
import type { Model, TensorInfo, TensorReader } from '../model/model.ts';
import type { SharedTensors } from './shared-tensors.ts';
import { type Piece, readPieces } from './tensor-pieces.ts';

export interface LoadedTensors<T> {
  readonly bytes: number;
  get(tensor: TensorInfo): T;
  release(): Promise<void>;
}

/**
 * Loads `tensors` through `shared`; when one fails, or `signal` aborts, those that came are freed again. They come one after
 * the other and in pieces, so that only one piece lies in memory outside of the device: a peak is what ends a phone's tab.
 */
export async function loadTensors<T>(
  model: Model,
  tensors: Iterable<TensorInfo>,
  shared: SharedTensors<T>,
  read: TensorReader,
  place: (tensor: TensorInfo, pieces: AsyncIterable<Piece>) => Promise<T>,
  signal?: AbortSignal,
): Promise<LoadedTensors<T>> {
  const held = new Map<string, T>();
  const keyOf = (name: string) => `${model.id} ${name}`;
  const release = async () => {
    for (const name of held.keys()) await shared.release(keyOf(name));
  };
  let total = 0;
  try {
    // As they stand in the file: a chunk of it holds many small ones, and is read from the store but once.
    for (const tensor of [...tensors].sort((a, b) => a.offset - b.offset)) {
      if (held.has(tensor.name)) continue;
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
