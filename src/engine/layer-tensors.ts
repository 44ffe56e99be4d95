/** Which tensors a layer and the head have, by role, for every engine. */
import { must } from '../base/assert.ts';
import { TabmeshError } from '../base/error.ts';
import {
  deltaNetChannels,
  type Hyperparameters,
  isRecurrentLayer,
  type LayerRange,
  type Model,
  type TensorInfo,
} from '../model/model.ts';

/** M stands for a matrix, V for a vector, as an engine holds them. */
export interface CommonParts<V> {
  readonly attentionNorm: V;
  readonly feedForwardNorm: V;
  /** gemma3: norms of what attention and feed-forward add to the residual. */
  readonly postAttentionNorm?: V;
  readonly postFeedForwardNorm?: V;
}

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
  /** One row of `kernel` weights for each channel. */
  readonly convolution: M;
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

/** What every engine runs. */
export type LayerParts<M, V> = CommonParts<V> & AttentionParts<M, V> & FeedForwardParts<M>;
export type LayerRole = keyof LayerParts<never, never>;

/** What the reference engine runs. */
export type AnyLayerParts<M, V> = CommonParts<V> &
  (AttentionParts<M, V> | DeltaNetParts<M, V>) &
  (FeedForwardParts<M> | ExpertParts<M>);

export interface HeadParts<M, V> {
  readonly embedding: M;
  readonly outputNorm: V;
  /** The same tensor as `embedding` where the head is tied. */
  readonly output: M;
}

/** The same roles with an engine's matrices and vectors in the tensors' place. */
export function mapRoles<M, V>(
  roles: LayerParts<TensorInfo, TensorInfo>,
  matrix: (tensor: TensorInfo) => M,
  vector: (tensor: TensorInfo) => V,
): LayerParts<M, V>;
export function mapRoles<M, V>(
  roles: AnyLayerParts<TensorInfo, TensorInfo>,
  matrix: (tensor: TensorInfo) => M,
  vector: (tensor: TensorInfo) => V,
): AnyLayerParts<M, V>;
export function mapRoles<M, V>(
  roles: AnyLayerParts<TensorInfo, TensorInfo>,
  matrix: (tensor: TensorInfo) => M,
  vector: (tensor: TensorInfo) => V,
): AnyLayerParts<M, V> {
  const mapped = Object.entries<TensorInfo>({ ...roles }).map(([role, tensor]) => [
    role,
    tensor.shape.length === 1 ? vector(tensor) : matrix(tensor),
  ]);
  return Object.fromEntries(mapped);
}

type Roles = AnyLayerParts<TensorInfo, TensorInfo>;
type Need = (name: string, ...shape: number[]) => TensorInfo;

/** Throws TabmeshError('corrupt') for a missing or misshapen tensor, 'unsupported' for one that no engine applies. */
export function anyLayerRoles(model: Model, layer: number): Roles {
  const { hyper } = model;
  const { width } = hyper;
  const prefix = `blk.${layer}.`;
  const need: Need = (name, ...shape) => required(model, prefix + name, shape);
  const may = (role: string, name: string, ...shape: number[]) =>
    model.tensors.has(prefix + name) ? { [role]: need(name, ...shape) } : {};
  const roles: Roles = {
    attentionNorm: need('attn_norm.weight', width),
    // In qwen35 the norm in front of the feed-forward has the name of gemma3's norm behind attention.
    ...(hyper.deltaNet === undefined
      ? {
          feedForwardNorm: need('ffn_norm.weight', width),
          ...may('postAttentionNorm', 'post_attention_norm.weight', width),
        }
      : { feedForwardNorm: need('post_attention_norm.weight', width) }),
    ...may('postFeedForwardNorm', 'post_ffw_norm.weight', width),
    ...(isRecurrentLayer(hyper, layer) ? deltaNetRoles(hyper, need) : attentionRoles(model, need, may)),
    ...(hyper.experts === undefined ? feedForwardRoles(hyper, need) : expertRoles(hyper, need)),
  };
  refuseUnknown(model, prefix, roles);
  return roles;
}

function attentionRoles(
  model: Model,
  need: Need,
  may: (role: string, name: string, ...shape: number[]) => object,
): AttentionParts<TensorInfo, TensorInfo> {
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

function deltaNetRoles(
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

function feedForwardRoles({ width, feedForward }: Hyperparameters, need: Need): FeedForwardParts<TensorInfo> {
  return {
    gate: need('ffn_gate.weight', width, feedForward),
    up: need('ffn_up.weight', width, feedForward),
    down: need('ffn_down.weight', feedForward, width),
  };
}

function expertRoles({ width, feedForward, experts }: Hyperparameters, need: Need): ExpertParts<TensorInfo> {
  const { count } = must(experts);
  return {
    router: need('ffn_gate_inp.weight', width, count),
    expertGates: need('ffn_gate_exps.weight', width, feedForward, count),
    expertUps: need('ffn_up_exps.weight', width, feedForward, count),
    expertDowns: need('ffn_down_exps.weight', feedForward, width, count),
  };
}

/** Of every layer in the range; throws TabmeshError('invalid') for a range that the model does not have. */
export function anyRangeRoles(model: Model, { first, last }: LayerRange): Roles[] {
  const { layers } = model.hyper;
  if (!Number.isInteger(first) || !Number.isInteger(last) || first < 0 || first >= last || last > layers) {
    const reason = `${model.name} has layers 0 to ${layers - 1}; the range ${first} to ${last} is none of it.`;
    throw new TabmeshError('invalid', 'engine', reason);
  }
  return Array.from({ length: last - first }, (_, index) => anyLayerRoles(model, first + index));
}

/** For engines that know plain layers only; of a model with others it throws TabmeshError('unsupported'). */
export function rangeRoles(model: Model, range: LayerRange): LayerParts<TensorInfo, TensorInfo>[] {
  if (!isPlain(model.hyper)) {
    const reason = `${model.name} is a ${model.hyper.architecture} model, which only the reference engine on the CPU runs so far. Choose the CPU, or another model.`;
    throw new TabmeshError('unsupported', 'engine', reason);
  }
  return anyRangeRoles(model, range).filter(roles => 'query' in roles && 'gate' in roles);
}

/** Whether every engine runs it: attention of one kind and one feed-forward in each layer. */
export const isPlain = ({ experts, deltaNet, gatedAttention }: Hyperparameters): boolean =>
  experts === undefined && deltaNet === undefined && !gatedAttention;

export function headRoles(model: Model): HeadParts<TensorInfo, TensorInfo> {
  const { width, vocabulary } = model.hyper;
  const embedding = required(model, 'token_embd.weight', [width, vocabulary]);
  return {
    embedding,
    outputNorm: required(model, 'output_norm.weight', [width]),
    output: model.tensors.has('output.weight')
      ? required(model, 'output.weight', [width, vocabulary])
      : embedding,
  };
}

function required(model: Model, name: string, shape: readonly number[]): TensorInfo {
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

/** A tensor that is passed over silently would make answers wrong without a word. */
function refuseUnknown(model: Model, prefix: string, roles: Roles): void {
  const known = new Set<TensorInfo>(Object.values({ ...roles }));
  for (const [name, tensor] of model.tensors) {
    if (name.startsWith(prefix) && !known.has(tensor)) {
      throw new TabmeshError(
        'unsupported',
        'engine',
        `${model.name} has a tensor that this version does not know (${name}). Choose another model.`,
      );
    }
  }
}
