import type { Hyperparameters } from '../../model/model.ts';
import { type Own, strideOf } from './dispatch.ts';
import type { Gpu } from './gpu.ts';
import { rowTile, runLength } from './kernels.ts';
import { sharesBytes } from './shares.ts';

/** Rows that go through the layers at once; a longer forward takes several turns. A multiple of `rowTile`. */
export const rowsPerTurn = 4 * rowTile;

/** Queries, keys and values of a row. */
export const projectedColumns = ({ heads, kvHeads, keySize, valueSize }: Hyperparameters): number =>
  (heads + kvHeads) * keySize + kvHeads * valueSize;

/** Activations between the kernels of one stage, `rowsPerTurn` rows each; the layers take turns in them. */
export interface Workspace {
  readonly hidden: GPUBuffer;
  readonly projected: GPUBuffer;
  readonly attended: GPUBuffer;
  /** Of attention, where several workgroups share a row's context. */
  readonly shares: GPUBuffer;
  readonly gate: GPUBuffer;
  /** What attention and feed-forward add, where it is normed first (gemma3). */
  readonly added: GPUBuffer;
}

export async function createWorkspace(gpu: Gpu, hyper: Hyperparameters, own: Own): Promise<Workspace> {
  const { width, heads, valueSize, feedForward } = hyper;
  const columns = {
    hidden: width,
    projected: projectedColumns(hyper),
    attended: heads * valueSize,
    gate: feedForward,
    added: width,
  };
  const rowBytes = (count: number) => rowsPerTurn * strideOf(count) * 4;
  const total = Object.values(columns).reduce((sum, count) => sum + rowBytes(count), sharesBytes(hyper));
  return gpu.checked('activations', total, () => {
    const create = (name: keyof Workspace): GPUBuffer =>
      own(
        gpu.device.createBuffer({
          label: name,
          size: name === 'shares' ? sharesBytes(hyper) : rowBytes(columns[name]),
          usage: GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_DST | GPUBufferUsage.COPY_SRC,
        }),
      );
    return {
      hidden: create('hidden'),
      projected: create('projected'),
      attended: create('attended'),
      shares: create('shares'),
      gate: create('gate'),
      added: create('added'),
    };
  });
}

/** A vector that kernels read in vec4, padded with zeros. */
export function vectorBuffer(gpu: Gpu, values: Float32Array, own: Own): GPUBuffer {
  const padded = new Float32Array(Math.max(strideOf(values.length), runLength));
  padded.set(values);
  const usage = GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_DST;
  const buffer = own(gpu.device.createBuffer({ size: padded.byteLength, usage }));
  gpu.device.queue.writeBuffer(buffer, 0, padded);
  return buffer;
}
