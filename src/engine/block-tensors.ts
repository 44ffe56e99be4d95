/** The tensors of the blocks that layers are made of. */
import { must } from '../base/assert.ts';
import { TabmeshError } from '../base/error.ts';
import { deltaNetChannels, type Hyperparameters, type Model, type TensorInfo } from '../model/model.ts';

/** In the parts of blocks, M stands for a matrix, V for a vector, as an engine holds them. */
export interface AttentionParts<M, V> {
  /** qwen35: each head's query, then as many values that gate its result. */
  readonly query: M;
  readonly key: M;
  readonly value: M;
  readonly attentionOutput: M;
  /** qwen2. */
  readonly queryBias?: V;
  readonly keyBias?: V;
  readonly valueBias?: V;
  /** qwen3, gemma3, qwen35: RMSNorm of each head, before the rotation. */
  readonly queryNorm?: V;
  readonly keyNorm?: V;
  /** Llama 3: divisors of the rotary frequencies; one tensor for all layers. */
  readonly ropeDivisors?: V;
}

/** qwen35, in attention's place in three of four layers. */
export interface DeltaNetParts<M, V> {
  readonly queryKeyValue: M;
  /** `kernel` weights for each channel, one channel after the other. */
  readonly convolution: V;
  readonly writeStrength: M;
  readonly decayRate: M;
  readonly decayBias: V;
  /** -exp(A_log), one for each value head. */
  readonly decayScale: V;
  readonly deltaGate: M;
  readonly deltaNorm: V;
  readonly deltaOutput: M;
}

export interface FeedForwardParts<M> {
  readonly gate: M;
  readonly up: M;
  readonly down: M;
}

/** qwen3moe. An expert's matrix is a third dimension of these. */
export interface ExpertParts<M> {
  readonly router: M;
  readonly expertGates: M;
  readonly expertUps: M;
  readonly expertDowns: M;
}

/** One layer's tensor by the end of its name. */
export type Need = (name: string, ...shape: number[]) => TensorInfo;
/** A role and its tensor, or nothing where the layer does not have it. */
export type May = (role: string, name: string, ...shape: number[]) => object;

export function attentionRoles(model: Model, need: Need, may: May): AttentionParts<TensorInfo, TensorInfo> {
  const { width, heads, kvHeads, keySize, valueSize, rope, gatedAttention } = model.hyper;
  return {
    query: need('attn_q.weight', width, heads * keySize * (gatedAttention ? 2 : 1)),
    key: need('attn_k.weight', width, kvHeads * keySize),
    value: need('attn_v.weight', width, kvHeads * valueSize),
    attentionOutput: need('attn_output.weight', heads * valueSize, width),
    ...may('queryBias', 'attn_q.bias', heads * keySize),
    ...may('keyBias', 'attn_k.bias', kvHeads * keySize),
    ...may('valueBias', 'attn_v.bias', kvHeads * valueSize),
    ...may('queryNorm', 'attn_q_norm.weight', keySize),
    ...may('keyNorm', 'attn_k_norm.weight', keySize),
    ...(model.tensors.has('rope_freqs.weight')
      ? { ropeDivisors: required(model, 'rope_freqs.weight', [rope.dimensions / 2]) }
      : {}),
  };
}

export function deltaNetRoles(
  { width, deltaNet }: Hyperparameters,
  need: Need,
): DeltaNetParts<TensorInfo, TensorInfo> {
  const { kernel, valueHeads, headSize } = must(deltaNet);
  const channels = deltaNetChannels(must(deltaNet));
  return {
    queryKeyValue: need('attn_qkv.weight', width, channels),
    convolution: need('ssm_conv1d.weight', kernel, channels),
    writeStrength: need('ssm_beta.weight', width, valueHeads),
    decayRate: need('ssm_alpha.weight', width, valueHeads),
    decayBias: need('ssm_dt.bias', valueHeads),
    decayScale: need('ssm_a', valueHeads),
    deltaGate: need('attn_gate.weight', width, valueHeads * headSize),
    deltaNorm: need('ssm_norm.weight', headSize),
    deltaOutput: need('ssm_out.weight', valueHeads * headSize, width),
  };
}

export function feedForwardRoles(
  { width, feedForward }: Hyperparameters,
  need: Need,
): FeedForwardParts<TensorInfo> {
  return {
    gate: need('ffn_gate.weight', width, feedForward),
    up: need('ffn_up.weight', width, feedForward),
    down: need('ffn_down.weight', feedForward, width),
  };
}

export function expertRoles(
  { width, feedForward, experts }: Hyperparameters,
  need: Need,
): ExpertParts<TensorInfo> {
  const { count } = must(experts);
  return {
    router: need('ffn_gate_inp.weight', width, count),
    expertGates: need('ffn_gate_exps.weight', width, feedForward, count),
    expertUps: need('ffn_up_exps.weight', width, feedForward, count),
    expertDowns: need('ffn_down_exps.weight', feedForward, width, count),
  };
}

/** Throws TabmeshError('corrupt') for a tensor that is missing or misshapen. */
export function required(model: Model, name: string, shape: readonly number[]): TensorInfo {
  const tensor = model.tensors.get(name);
  if (!tensor) {
    throw new TabmeshError('corrupt', 'engine', `${model.name} has no tensor ${name}. Choose another file.`);
  }
  const dimensions = tensor.shape.filter((size, index) => index === 0 || size !== 1);
  if (dimensions.join() !== shape.join()) {
    throw new TabmeshError(
      'corrupt',
      'engine',
      `${name} of ${model.name} is ${tensor.shape.join(' x ')} and should be ${shape.join(' x ')}. Choose another file.`,
    );
  }
  return tensor;
}
