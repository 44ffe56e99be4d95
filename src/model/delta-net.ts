import { TabmeshError } from '../base/error.ts';
import { layerCountMax } from '../base/limits.ts';
import type { Metadata } from './metadata.ts';
import type { DeltaNet } from './model.ts';

const headsMax = 1024;
const headSizeMax = 1024;
const kernelMax = 16;
/** A value head of the models there are has a state of 64 KiB, a layer of the largest 3 MiB. */
const stateBytesMax = 64 * 2 ** 20;

/**
 * Qwen 3.5's hyperparameters as llama.cpp reads them (src/models/qwen35.cpp, load_arch_hparams). `layers` are those
 * that run, `rotated` the values that the rotation turns. Throws TabmeshError('corrupt' | 'unsupported', 'model').
 */
export function readDeltaNet(
  metadata: Metadata,
  key: (name: string) => string,
  layers: number,
  rotated: number,
): DeltaNet {
  const every = metadata.integer(key('full_attention_interval'), 1, layerCountMax, 4);
  const kernel = metadata.integer(key('ssm.conv_kernel'), 2, kernelMax);
  const keyHeads = metadata.integer(key('ssm.group_count'), 1, headsMax);
  const valueHeads = metadata.integer(key('ssm.time_step_rank'), 1, headsMax);
  const headSize = metadata.integer(key('ssm.state_size'), 1, headSizeMax);
  if (valueHeads % keyHeads !== 0)
    throw corrupt(`${valueHeads} value heads cannot share ${keyHeads} key heads`);
  const inner = metadata.integer(key('ssm.inner_size'), 1, headsMax * headSizeMax);
  if (inner !== valueHeads * headSize)
    throw corrupt(`${key('ssm.inner_size')} is ${inner}, but ${valueHeads} heads of ${headSize} are not`);
  if (valueHeads * headSize * headSize * 4 > stateBytesMax)
    throw unsupported(`A state of ${valueHeads} heads of ${headSize} x ${headSize} is not supported.`);
  checkRecurrentLayers(metadata, key, layers, every);
  checkSections(metadata, key, rotated);
  return { every, kernel, keyHeads, valueHeads, headSize };
}

/** A file may list the layers; one that lists others than every n-th is not what we know. */
function checkRecurrentLayers(
  metadata: Metadata,
  key: (name: string) => string,
  layers: number,
  every: number,
): void {
  const name = key('attention.recurrent_layers');
  if (!metadata.has(name)) return;
  const listed = metadata.flags(name);
  for (let layer = 0; layer < layers; layer++)
    if (listed[layer] !== ((layer + 1) % every !== 0))
      throw unsupported(`${name} differs from an attention layer in every ${every}, which is not supported.`);
}

/**
 * The rotation interleaves time, height and width (ggml-cpu/ops.cpp, ggml_mrope_cache_init, is_imrope). Text has one
 * position for all three, so that their order does not matter; a pair that is none of them would not be turned.
 */
function checkSections(metadata: Metadata, key: (name: string) => string, rotated: number): void {
  const name = key('rope.dimension_sections');
  if (!metadata.has(name)) return;
  const sections = metadata.numbers(name);
  const pairs = sections.reduce((sum, size) => sum + size, 0);
  const covered = (pair: number) => pair < 3 * sections[pair % 3]!;
  if (pairs !== rotated / 2 || !Array.from({ length: pairs }, (_, pair) => covered(pair)).every(Boolean))
    throw unsupported(`${name} leaves pairs of ${rotated} rotated values without a position of a text.`);
}

const corrupt = (fault: string) =>
  new TabmeshError('corrupt', 'model', `The model file is damaged: ${fault}.`);
const unsupported = (reason: string) => new TabmeshError('unsupported', 'model', reason);
