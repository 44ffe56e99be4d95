/** Which tensors a layer and the head have, by role, for every engine. */
import { TabmeshError } from '../base/error.ts';
import { isRecurrentLayer, type LayerRange, type Model, type TensorInfo } from '../model/model.ts';
import {
  type AttentionParts,
  attentionRoles,
  type DeltaNetParts,
  deltaNetRoles,
  type ExpertParts,
  expertRoles,
  type FeedForwardParts,
  feedForwardRoles,
  type May,
  type Need,
  required,
} from './block-tensors.ts';

/** M stands for a matrix, V for a vector, as an engine holds them. */
export interface CommonParts<V> {
  readonly attentionNorm: V;
  readonly feedForwardNorm: V;
  /** gemma3: norms of what attention and feed-forward add to the residual. */
  readonly postAttentionNorm?: V;
  readonly postFeedForwardNorm?: V;
}

export type LayerParts<M, V> = CommonParts<V> &
  (AttentionParts<M, V> | DeltaNetParts<M, V>) &
  (FeedForwardParts<M> | ExpertParts<M>);

export interface HeadParts<M, V> {
  readonly embedding: M;
  readonly outputNorm: V;
  /** The same tensor as `embedding` where the head is tied. */
  readonly output: M;
}

/** Held as numbers: vectors, and the few weights of a convolution, which no engine multiplies as a matrix. */
export const isVector = ({ name, shape }: TensorInfo): boolean =>
  shape.length === 1 || name.endsWith('.ssm_conv1d.weight');

/** The same roles with an engine's matrices and vectors in the tensors' place. */
export function mapRoles<M, V>(
  roles: LayerParts<TensorInfo, TensorInfo>,
  matrix: (tensor: TensorInfo) => M,
  vector: (tensor: TensorInfo) => V,
): LayerParts<M, V> {
  const mapped = Object.entries<TensorInfo>({ ...roles }).map(([role, tensor]) => [
    role,
    isVector(tensor) ? vector(tensor) : matrix(tensor),
  ]);
  return Object.fromEntries(mapped);
}

type Roles = LayerParts<TensorInfo, TensorInfo>;

/** Throws TabmeshError('corrupt') for a missing or misshapen tensor, 'unsupported' for one that no engine applies. */
function layerRoles(model: Model, layer: number): Roles {
  const { hyper } = model;
  const { width } = hyper;
  const prefix = `blk.${layer}.`;
  const need: Need = (name, ...shape) => required(model, prefix + name, shape);
  const may: May = (role, name, ...shape) =>
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

/** Of every layer in the range; throws TabmeshError('invalid') for a range that the model does not have. */
export function rangeRoles(model: Model, { first, last }: LayerRange): Roles[] {
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
