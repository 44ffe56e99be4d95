import type { LayerParts } from '../layer-tensors.ts';
import type { Placed } from './placed.ts';
import type { Turns } from './turns.ts';
import type { Workspace, WriteNorm } from './workspace.ts';
import { attentionWriter } from './write-attention.ts';
import { deltaNetWriter } from './write-delta-net.ts';
import { expertsWriter, feedForwardWriter } from './write-feed-forward.ts';

export type PlacedLayer = LayerParts<Placed, Placed>;

/** Writes layers of a model, the first of which is its layer `first`: they change the rows at `hidden`. */
export function writeLayers(
  space: Workspace,
  layers: readonly PlacedLayer[],
  first: number,
  hidden: number,
  turns: Turns,
): void {
  const { program, hyper, output } = space;
  const { width, normEpsilon: epsilon } = hyper;
  /** What the block before adds: the norm of the next one adds it. */
  let more: { values: number; norm?: Placed | undefined } | undefined;
  const before =
    (weights: Placed): WriteNorm =>
    input =>
      program.norm({ width, epsilon, hidden, more, next: { weights, input } });
  // Buffers come with the first layer that needs them.
  let attention: ReturnType<typeof attentionWriter> | undefined;
  let deltaNet: ReturnType<typeof deltaNetWriter> | undefined;
  let feedForward: ReturnType<typeof feedForwardWriter> | undefined;
  let experts: ReturnType<typeof expertsWriter> | undefined;
  for (const [index, layer] of layers.entries()) {
    if ('query' in layer) {
      attention ??= attentionWriter(space, turns);
      attention(layer, first + index, before(layer.attentionNorm));
    } else {
      deltaNet ??= deltaNetWriter(space);
      deltaNet(layer, before(layer.attentionNorm));
    }
    more = { values: output, norm: layer.postAttentionNorm };
    if ('gate' in layer) {
      feedForward ??= feedForwardWriter(space);
      feedForward(layer, before(layer.feedForwardNorm));
    } else {
      experts ??= expertsWriter(space);
      experts(layer, before(layer.feedForwardNorm));
    }
    more = { values: output, norm: layer.postFeedForwardNorm };
  }
  program.norm({ width, epsilon, hidden, more });
}
