import { type DeltaNet, deltaNetChannels, type Hyperparameters } from '../../model/model.ts';
import { type Own, strideOf } from './dispatch.ts';
import type { Gpu } from './gpu.ts';
import { rowTile, runLength } from './kernels.ts';
import { sharesBytes } from './shares.ts';

type Experts = NonNullable<Hyperparameters['experts']>;

/** Rows that go through the layers at once; a longer forward takes several turns. A multiple of `rowTile`. */
export const rowsPerTurn = 4 * rowTile;

/** From one query of a row to the next: behind each there may be a gate. */
export const queryPitch = ({ keySize, gatedAttention }: Hyperparameters): number =>
  gatedAttention ? 2 * keySize : keySize;

/** Queries, keys and values of a row. */
export const attentionColumns = (hyper: Hyperparameters): number =>
  hyper.heads * queryPitch(hyper) + hyper.kvHeads * (hyper.keySize + hyper.valueSize);

/** What a delta net's recurrence reads of a row: its channels, then each value head's write strength and decay rate. */
export const keptColumns = (net: DeltaNet): number => deltaNetChannels(net) + 2 * net.valueHeads;

/** The same and, behind the channels, the gates of the result. */
export const deltaColumns = (net: DeltaNet): number => keptColumns(net) + net.valueHeads * net.headSize;

/** Tiles of `rowTile` choices, each of one expert, that so many rows come to at most. */
export const tilesOf = ({ count, used }: Experts, rows: number): number =>
  Math.floor((rows * used) / rowTile) + Math.min(count, rows * used);

/** As shaders/group-experts.wgsl lays them out: four for each tile, then one for each choice. */
export const groupedWords = (experts: Experts, rows: number): number =>
  4 * tilesOf(experts, rows) + rows * experts.used;

/** Activations between the kernels of one stage, `rowsPerTurn` rows each; the layers take turns in them. */
export interface Workspace {
  readonly hidden: GPUBuffer;
  readonly projected: GPUBuffer;
  /** What attention or a delta net made of them. */
  readonly mixed: GPUBuffer;
  /** Of attention, where several workgroups share a row's context. */
  readonly shares: GPUBuffer;
  /** Of the feed-forward, or of each expert that a row goes through. */
  readonly gate: GPUBuffer;
  /** How a row likes each expert, and those that it goes through with their weights. */
  readonly liking: GPUBuffer;
  readonly chosen: GPUBuffer;
  /** Of many rows: which of them chose each expert, and what each choice gave. */
  readonly grouped: GPUBuffer;
  readonly given: GPUBuffer;
  /** What attention and feed-forward add, where it is normed first (gemma3). */
  readonly added: GPUBuffer;
}

export async function createWorkspace(gpu: Gpu, hyper: Hyperparameters, own: Own): Promise<Workspace> {
  const { width, heads, valueSize, feedForward, deltaNet, experts = { count: 1, used: 1 } } = hyper;
  const columns = {
    hidden: width,
    projected: Math.max(attentionColumns(hyper), deltaNet ? deltaColumns(deltaNet) : 0),
    mixed: Math.max(heads * valueSize, deltaNet ? deltaNet.valueHeads * deltaNet.headSize : 0),
    gate: experts.used * strideOf(feedForward),
    liking: experts.count,
    chosen: experts.used * 2,
    grouped: hyper.experts ? groupedWords(hyper.experts, rowsPerTurn) / rowsPerTurn : 1,
    given: hyper.experts ? experts.used * strideOf(width) : 1,
    added: width,
  };
  const rowBytes = (count: number) => rowsPerTurn * strideOf(count) * 4;
  const total = Object.values(columns).reduce((sum, count) => sum + rowBytes(count), sharesBytes(hyper));
  return gpu.checked('activations', total, () => {
    const create = (name: keyof Workspace): GPUBuffer =>
      own(
        gpu.createBuffer('scratch', {
          label: name,
          size: name === 'shares' ? sharesBytes(hyper) : rowBytes(columns[name]),
          usage: GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_DST | GPUBufferUsage.COPY_SRC,
        }),
      );
    return {
      hidden: create('hidden'),
      projected: create('projected'),
      mixed: create('mixed'),
      shares: create('shares'),
      gate: create('gate'),
      liking: create('liking'),
      chosen: create('chosen'),
      grouped: create('grouped'),
      given: create('given'),
      added: create('added'),
    };
  });
}

/** A vector that kernels read in vec4, padded with zeros. */
export function vectorBuffer(gpu: Gpu, values: Float32Array, own: Own): GPUBuffer {
  const padded = new Float32Array(Math.max(strideOf(values.length), runLength));
  padded.set(values);
  const usage = GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_DST;
  const buffer = own(gpu.createBuffer('scratch', { size: padded.byteLength, usage }));
  gpu.device.queue.writeBuffer(buffer, 0, padded);
  return buffer;
}
