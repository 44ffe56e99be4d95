import type { Hyperparameters } from '../../model/model.ts';
import { type Own, strideOf } from './dispatch.ts';
import type { Gpu } from './gpu.ts';
import { tile } from './kernels.ts';

/** Rows that go through the layers at once; a longer forward takes several turns. A multiple of `tile`. */
export const rowsPerTurn = 16 * tile;

/** Activations between the kernels of one stage, `rowsPerTurn` rows each; the layers take turns in them. */
export interface Workspace {
  readonly hidden: GPUBuffer;
  readonly normed: GPUBuffer;
  readonly queries: GPUBuffer;
  readonly keys: GPUBuffer;
  readonly values: GPUBuffer;
  readonly attended: GPUBuffer;
  readonly gate: GPUBuffer;
  readonly up: GPUBuffer;
  /** What attention and feed-forward add, where it is normed first (gemma3). */
  readonly added: GPUBuffer;
}

export async function createWorkspace(gpu: Gpu, hyper: Hyperparameters, own: Own): Promise<Workspace> {
  const { width, heads, kvHeads, keySize, valueSize, feedForward } = hyper;
  const columns = {
    hidden: width,
    normed: width,
    queries: heads * keySize,
    keys: kvHeads * keySize,
    values: kvHeads * valueSize,
    attended: heads * valueSize,
    gate: feedForward,
    up: feedForward,
    added: width,
  };
  const bytes = (count: number) => rowsPerTurn * strideOf(count) * 4;
  const total = Object.values(columns).reduce((sum, count) => sum + bytes(count), 0);
  return gpu.checked('activations', total, () => {
    const create = (name: keyof Workspace): GPUBuffer =>
      own(
        gpu.device.createBuffer({
          label: name,
          size: bytes(columns[name]),
          usage: GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_DST | GPUBufferUsage.COPY_SRC,
        }),
      );
    return {
      hidden: create('hidden'),
      normed: create('normed'),
      queries: create('queries'),
      keys: create('keys'),
      values: create('values'),
      attended: create('attended'),
      gate: create('gate'),
      up: create('up'),
      added: create('added'),
    };
  });
}

/** A vector that kernels read in vec4, padded with zeros. */
export function vectorBuffer(gpu: Gpu, values: Float32Array, own: Own): GPUBuffer {
  const padded = new Float32Array(strideOf(values.length));
  padded.set(values);
  const usage = GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_DST;
  const buffer = own(gpu.device.createBuffer({ size: padded.byteLength, usage }));
  gpu.device.queue.writeBuffer(buffer, 0, padded);
  return buffer;
}
