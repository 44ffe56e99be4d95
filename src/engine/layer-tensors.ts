/** Which tensors a layer and the head have, by role, for every engine. */
import { TabmeshError } from '../base/error.ts';
import type { LayerRange, Model, TensorInfo } from '../model/model.ts';

/** M stands for a matrix, V for a vector, as an engine holds them. */
export interface LayerParts<M, V> {
  readonly attentionNorm: V;
  readonly query: M;
  readonly key: M;
  readonly value: M;
  readonly attentionOutput: M;
  readonly feedForwardNorm: V;
  readonly gate: M;
  readonly up: M;
  readonly down: M;
  /** qwen2. */
  readonly queryBias?: V;
  readonly keyBias?: V;
  readonly valueBias?: V;
  /** qwen3 and gemma3: RMSNorm of each head, before the rotation. */
  readonly queryNorm?: V;
  readonly keyNorm?: V;
  /** gemma3: norms of what attention and feed-forward add to the residual. */
  readonly postAttentionNorm?: V;
  readonly postFeedForwardNorm?: V;
  /** Llama 3: divisors of the rotary frequencies; one tensor for all layers. */
  readonly ropeDivisors?: V;
}
export type LayerRole = keyof LayerParts<never, never>;

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
): LayerParts<M, V> {
  const mapped = Object.entries<TensorInfo>({ ...roles }).map(([role, tensor]) => [
    role,
    tensor.shape.length === 1 ? vector(tensor) : matrix(tensor),
  ]);
  return Object.fromEntries(mapped);
}

/** Throws TabmeshError('corrupt') for a missing or misshapen tensor, 'unsupported' for one that no engine applies. */
export function layerRoles(model: Model, layer: number): LayerParts<TensorInfo, TensorInfo> {
  const { width, heads, kvHeads, keySize, valueSize, feedForward, rope } = model.hyper;
  const prefix = `blk.${layer}.`;
  const need = (name: string, ...shape: number[]) => required(model, prefix + name, shape);
  const may = <Role extends LayerRole>(role: Role, name: string, ...shape: number[]) =>
    model.tensors.has(prefix + name) ? { [role]: need(name, ...shape) } : {};
  const roles: LayerParts<TensorInfo, TensorInfo> = {
    attentionNorm: need('attn_norm.weight', width),
    query: need('attn_q.weight', width, heads * keySize),
    key: need('attn_k.weight', width, kvHeads * keySize),
    value: need('attn_v.weight', width, kvHeads * valueSize),
    attentionOutput: need('attn_output.weight', heads * valueSize, width),
    feedForwardNorm: need('ffn_norm.weight', width),
    gate: need('ffn_gate.weight', width, feedForward),
    up: need('ffn_up.weight', width, feedForward),
    down: need('ffn_down.weight', feedForward, width),
    ...may('queryBias', 'attn_q.bias', heads * keySize),
    ...may('keyBias', 'attn_k.bias', kvHeads * keySize),
    ...may('valueBias', 'attn_v.bias', kvHeads * valueSize),
    ...may('queryNorm', 'attn_q_norm.weight', keySize),
    ...may('keyNorm', 'attn_k_norm.weight', keySize),
    ...may('postAttentionNorm', 'post_attention_norm.weight', width),
    ...may('postFeedForwardNorm', 'post_ffw_norm.weight', width),
    ...(model.tensors.has('rope_freqs.weight')
      ? { ropeDivisors: required(model, 'rope_freqs.weight', [rope.dimensions / 2]) }
      : {}),
  };
  refuseUnknown(model, prefix, roles);
  return roles;
}

/** Of every layer in the range; throws TabmeshError('invalid') for a range that the model does not have. */
export function rangeRoles(model: Model, { first, last }: LayerRange): LayerParts<TensorInfo, TensorInfo>[] {
  const { layers } = model.hyper;
  if (!Number.isInteger(first) || !Number.isInteger(last) || first < 0 || first >= last || last > layers) {
    const reason = `${model.name} has layers 0 to ${layers - 1}; the range ${first} to ${last} is none of it.`;
    throw new TabmeshError('invalid', 'engine', reason);
  }
  return Array.from({ length: last - first }, (_, index) => layerRoles(model, first + index));
}

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
function refuseUnknown(model: Model, prefix: string, roles: LayerParts<TensorInfo, TensorInfo>): void {
  const known = new Set(Object.values(roles));
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
