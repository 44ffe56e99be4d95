import { TabmeshError } from '../base/error.ts';
import { layerCountMax, vocabularyMax } from '../base/limits.ts';
import { readDeltaNet } from './delta-net.ts';
import { readExperts } from './experts.ts';
import type { Metadata } from './metadata.ts';
import { type Architecture, architectures, type Hyperparameters, type TensorInfo } from './model.ts';

const widthMax = 65_536;
const headsMax = 1024;
const headSizeMax = 1024;
const feedForwardMax = 1_048_576;
/** Trained lengths reach 10 million positions; what is used is bounded by contextPositionsMax. */
const contextMax = 2 ** 27;

/**
 * Reads the hyperparameters as llama.cpp does (llama-model.cpp, load_hparams). Throws TabmeshError('unsupported')
 * that names what is not supported, or 'corrupt' that names the key.
 */
export function readHyperparameters(
  metadata: Metadata,
  tensors: ReadonlyMap<string, TensorInfo>,
): Hyperparameters {
  const architecture = readArchitecture(metadata);
  const key = (name: string) => `${architecture}.${name}`;
  refuseExperts(metadata, architecture, key);
  const layers = readLayers(metadata, key);
  const width = metadata.integer(key('embedding_length'), 1, widthMax);
  const heads = metadata.integer(key('attention.head_count'), 1, headsMax);
  const kvHeads = metadata.integer(key('attention.head_count_kv'), 1, headsMax, heads);
  if (heads % kvHeads !== 0) throw corrupt(`${heads} query heads cannot share ${kvHeads} key heads`);
  const keySize = metadata.integer(key('attention.key_length'), 1, headSizeMax, width / heads);
  const valueSize = metadata.integer(key('attention.value_length'), 1, headSizeMax, width / heads);
  if (architecture === 'qwen35' && keySize !== valueSize)
    throw unsupported(`Gated attention with keys of ${keySize} and values of ${valueSize} is not supported.`);
  const gemma = architecture === 'gemma3';
  const rope = readRope(metadata, key, architecture, keySize);
  return {
    architecture,
    layers,
    width,
    heads,
    kvHeads,
    keySize,
    valueSize,
    ...(architecture === 'qwen3moe'
      ? readExperts(metadata, key)
      : { feedForward: metadata.integer(key('feed_forward_length'), 1, feedForwardMax) }),
    vocabulary: readVocabulary(tensors),
    context: metadata.integer(key('context_length'), 1, contextMax),
    normEpsilon: metadata.positive(key('attention.layer_norm_rms_epsilon')),
    rope,
    activation: gemma ? 'gelu' : 'silu',
    attentionScale: gemma && layers === gemma27bLayers ? Math.sqrt(heads / width) : 1 / Math.sqrt(keySize),
    embeddingScale: gemma ? Math.sqrt(width) : 1,
    ...(gemma ? readSliding(metadata, key) : {}),
    ...(architecture === 'qwen35'
      ? { deltaNet: readDeltaNet(metadata, key, layers, rope.dimensions), gatedAttention: true }
      : {}),
  };
}

/** Without the layers at the end that draft several tokens ahead (multi-token prediction): nothing runs them here. */
function readLayers(metadata: Metadata, key: (name: string) => string): number {
  const layers = metadata.integer(key('block_count'), 1, layerCountMax);
  return layers - metadata.integer(key('nextn_predict_layers'), 0, layers - 1, 0);
}

/** llama.cpp knows Gemma 3 27B by its layers; that one alone scales by width / heads (168) and not by the head's size (128). */
const gemma27bLayers = 62;

function readArchitecture(metadata: Metadata): Architecture {
  const name = metadata.text('general.architecture');
  const known = architectures.find(architecture => architecture === name);
  if (known === undefined)
    throw unsupported(
      `The architecture ${quote(name)} is not supported. Supported are ${architectures.join(', ')}.`,
    );
  return known;
}

function refuseExperts(metadata: Metadata, architecture: Architecture, key: (name: string) => string): void {
  if (architecture !== 'qwen3moe' && metadata.integer(key('expert_count'), 0, 65_536, 0) > 0)
    throw unsupported(`Mixtures of experts are not supported in the architecture ${architecture}.`);
}

function readVocabulary(tensors: ReadonlyMap<string, TensorInfo>): number {
  const embedding = tensors.get('token_embd.weight');
  if (embedding === undefined) throw corrupt('tensor token_embd.weight is missing');
  const rows = embedding.shape[1] ?? 0;
  if (rows < 1 || rows > vocabularyMax) throw corrupt(`token_embd.weight has ${rows} rows`);
  return rows;
}

function readRope(
  metadata: Metadata,
  key: (name: string) => string,
  architecture: Architecture,
  keySize: number,
): Hyperparameters['rope'] {
  const dimensions = metadata.integer(key('rope.dimension_count'), 2, headSizeMax, keySize);
  if (dimensions > keySize || dimensions % 2 !== 0)
    throw corrupt(`${dimensions} rotated values do not fit a head of ${keySize}`);
  const base = metadata.positive(key('rope.freq_base'), 10_000);
  const factor = metadata.has(key('rope.scaling.factor')) ? 'rope.scaling.factor' : 'rope.scale_linear';
  const scale = metadata.has(key(factor)) ? metadata.positive(key(factor)) : 1;
  const scaling = metadata.text(key('rope.scaling.type'), 'linear');
  if (scaling !== 'linear' && scaling !== 'none')
    throw unsupported(
      `The position scaling ${quote(scaling)} is not supported. Supported are none and linear.`,
    );
  return {
    pairs: architecture === 'llama' ? 'interleaved' : 'halves',
    dimensions,
    base,
    baseLocal: architecture === 'gemma3' ? metadata.positive(key('rope.freq_base_swa'), 10_000) : base,
    scale: scaling === 'none' ? 1 : scale,
  };
}

function readSliding(
  metadata: Metadata,
  key: (name: string) => string,
): Pick<Hyperparameters, 'sliding'> | object {
  const window = metadata.integer(key('attention.sliding_window'), 0, contextMax, 0);
  if (window === 0) return {};
  const every = metadata.integer(key('attention.sliding_window_pattern'), 1, layerCountMax, 6);
  return { sliding: { window, every } };
}

/** A name from the file, short and without what a terminal would obey. */
const quote = (name: string) => JSON.stringify(name.slice(0, 64));

const corrupt = (fault: string) =>
  new TabmeshError('corrupt', 'model', `The model file is damaged: ${fault}.`);
const unsupported = (reason: string) => new TabmeshError('unsupported', 'model', reason);
