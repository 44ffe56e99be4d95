import { TabmeshError } from '../base/error.ts';
import type { Metadata } from './metadata.ts';

const expertsMax = 1024;
const feedForwardMax = 1_048_576;

/** llama.h, enum llama_expert_gating_func_type. */
const softmaxGate = 1;

interface Experts {
  readonly feedForward: number;
  readonly experts: { readonly count: number; readonly used: number };
}

/**
 * A mixture's hyperparameters as llama.cpp reads them (src/models/qwen3moe.cpp): softmax before the choice, weights
 * renormalised over the chosen. A file that wants it otherwise is refused: TabmeshError('corrupt' | 'unsupported').
 */
export function readExperts(metadata: Metadata, key: (name: string) => string): Experts {
  const count = metadata.integer(key('expert_count'), 2, expertsMax);
  const used = metadata.integer(key('expert_used_count'), 1, count);
  if (!metadata.flag(key('expert_weights_norm'), true))
    throw unsupported('Expert weights that are not renormalised are not supported.');
  if (metadata.integer(key('expert_gating_func'), 0, 255, softmaxGate) !== softmaxGate)
    throw unsupported('A choice of experts that is not by softmax is not supported.');
  if (metadata.positive(key('expert_weights_scale'), 1) !== 1)
    throw unsupported('Scaled expert weights are not supported.');
  const name = key('expert_feed_forward_length');
  const feedForward = metadata.has(name)
    ? metadata.integer(name, 1, feedForwardMax)
    : Math.floor(metadata.integer(key('feed_forward_length'), used, feedForwardMax) / used);
  return { feedForward, experts: { count, used } };
}

const unsupported = (reason: string) => new TabmeshError('unsupported', 'model', reason);
