import { assert } from '../base/assert.ts';
import { TabmeshError, toError } from '../base/error.ts';
import type { Model, TensorInfo, TensorReader } from '../model/model.ts';
import type { SharedTensors } from './shared-tensors.ts';

export interface LoadedTensors<T> {
  readonly bytes: number;
  get(tensor: TensorInfo): T;
  release(): Promise<void>;
}

/**
 * Loads `tensors` through `shared`; when one fails, or `signal` aborts, those that came are freed again. They come one after
 * the other, so that at most one lies in memory outside of the device: a peak is what ends a phone's tab.
 */
export async function loadTensors<T>(
  model: Model,
  tensors: Iterable<TensorInfo>,
  shared: SharedTensors<T>,
  read: TensorReader,
  place: (tensor: TensorInfo, bytes: Uint8Array<ArrayBuffer>) => T | Promise<T>,
  signal?: AbortSignal,
): Promise<LoadedTensors<T>> {
  const held = new Map<string, T>();
  const keyOf = (name: string) => `${model.id} ${name}`;
  const release = async () => {
    for (const name of held.keys()) await shared.release(keyOf(name));
  };
  let total = 0;
  try {
    for (const tensor of tensors) {
      if (held.has(tensor.name)) continue;
      const load = async () => {
        const bytes = await read(tensor.name, signal);
        signal?.throwIfAborted();
        checkBytes(tensor, bytes);
        return place(tensor, bytes);
      };
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

function checkBytes(tensor: TensorInfo, bytes: Uint8Array): void {
  if (bytes.length === tensor.bytes) return;
  throw new TabmeshError(
    'corrupt',
    'engine',
    `${tensor.name} came with ${bytes.length} bytes and should have ${tensor.bytes}. Fetch the model again.`,
  );
}

function named(error: unknown, model: Model): TabmeshError {
  if (error instanceof RangeError) {
    const reason = `Memory ran out while ${model.name} was loaded. Take fewer layers.`;
    return new TabmeshError('full', 'engine', reason, { cause: error });
  }
  return toError(error, 'engine');
}
