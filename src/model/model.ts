/** What a model is, as plain data: it may be posted to a worker as it stands. */
import type { ModelId } from '../base/brand.ts';

export const architectures = ['llama', 'qwen2', 'qwen3', 'gemma3', 'qwen3moe', 'qwen35'] as const;
export type Architecture = (typeof architectures)[number];

export const tensorTypes = [
  'F32',
  'F16',
  'BF16',
  'Q8_0',
  'Q4_0',
  'Q4_1',
  'Q5_0',
  'Q5_1',
  'Q4_K',
  'Q5_K',
  'Q6_K',
] as const;
export type TensorType = (typeof tensorTypes)[number];

export interface TensorInfo {
  readonly name: string;
  readonly type: TensorType;
  /** GGUF order: the fastest dimension first, so a matrix is [columns, rows]. */
  readonly shape: readonly number[];
  /** Absolute place in the file. */
  readonly offset: number;
  readonly bytes: number;
}

/** Half-open: layers first, first + 1, ... last - 1. */
export interface LayerRange {
  readonly first: number;
  readonly last: number;
}

export interface Hyperparameters {
  readonly architecture: Architecture;
  readonly layers: number;
  /** Width of the hidden state (embedding_length). */
  readonly width: number;
  readonly heads: number;
  readonly kvHeads: number;
  readonly keySize: number;
  readonly valueSize: number;
  /** Inner width of the feed-forward; of one expert where there are `experts`. */
  readonly feedForward: number;
  readonly vocabulary: number;
  /** Positions that the model was trained for. */
  readonly context: number;
  readonly normEpsilon: number;
  readonly rope: {
    /** 'interleaved' pairs (2i, 2i+1) as llama does, 'halves' pairs (i, i + n/2) as NeoX does. */
    readonly pairs: 'interleaved' | 'halves';
    readonly dimensions: number;
    readonly base: number;
    /** Base on sliding-window layers (gemma3); elsewhere equal to `base`. */
    readonly baseLocal: number;
    /** Linear scaling: positions are divided by it (global layers only on gemma3). */
    readonly scale: number;
  };
  readonly activation: 'silu' | 'gelu';
  /** Queries are multiplied by this before the dot product with keys. */
  readonly attentionScale: number;
  /** Embeddings are multiplied by this (gemma3: sqrt(width)). */
  readonly embeddingScale: number;
  /** Sliding window in positions, for layers where `slidingEvery` says so; undefined where every layer sees all. */
  readonly sliding?: { readonly window: number /** Every n-th layer is global. */; readonly every: number };
  /** qwen3moe: each row goes through the `used` best of `count` feed-forwards. */
  readonly experts?: { readonly count: number; readonly used: number };
  /** qwen35: the layers that have a gated delta net in attention's place. */
  readonly deltaNet?: DeltaNet;
  /** qwen35: behind each head's query, attn_q gives as many values that gate what the head attends to. */
  readonly gatedAttention?: boolean;
}

/** Gated delta net (Yang et al. 2024, https://arxiv.org/abs/2412.06464) as Qwen 3.5 has it. */
export interface DeltaNet {
  /** Every n-th layer has attention. */
  readonly every: number;
  /** Rows that the convolution in front sees, the last included. */
  readonly kernel: number;
  readonly keyHeads: number;
  /** A multiple of `keyHeads`. */
  readonly valueHeads: number;
  /** Of keys and of values: a value head's state is headSize x headSize. */
  readonly headSize: number;
}

/**
 * A model's header, read and checked. `tensors` holds names as in the file: `blk.3.attn_q.weight`.
 * An output matrix that is missing is the embedding (tied head).
 */
export interface Model {
  readonly id: ModelId;
  /** Short name for people and for the API: "guide", "Qwen3-0.6B-Q8_0". */
  readonly name: string;
  readonly hyper: Hyperparameters;
  readonly tensors: ReadonlyMap<string, TensorInfo>;
  readonly fileBytes: number;
}

/** Bytes [start, end) of a tensor, counted from its own beginning. */
export interface TensorRange {
  readonly start: number;
  readonly end: number;
}

/** Reads a part of one tensor as it stands in the file. The caller owns the bytes. */
export type TensorReader = (
  name: string,
  range: TensorRange,
  signal?: AbortSignal,
) => Promise<Uint8Array<ArrayBuffer>>;

/** A matrix is [columns, rows]; the matrices of a third dimension follow each other, and a vector is one row. */
export const rowsOf = ({ shape }: TensorInfo): number =>
  shape.slice(1).reduce((product, size) => product * size, 1);

export const isSlidingLayer = (hyper: Hyperparameters, layer: number): boolean =>
  hyper.sliding !== undefined && (layer + 1) % hyper.sliding.every !== 0;

/** A layer whose memory of a session is a state of fixed size and not keys and values. */
export const isRecurrentLayer = (hyper: Hyperparameters, layer: number): boolean =>
  hyper.deltaNet !== undefined && (layer + 1) % hyper.deltaNet.every !== 0;

/** Values in a row of the convolution: queries, keys, values. */
export const deltaNetChannels = ({ keyHeads, valueHeads, headSize }: DeltaNet): number =>
  (2 * keyHeads + valueHeads) * headSize;

/** True where layer `layer`, of the range [0, layers), belongs to `range`. */
export const contains = (range: LayerRange, layer: number): boolean =>
  range.first <= layer && layer < range.last;
