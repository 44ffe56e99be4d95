/** What is measured: the shapes of Qwen3 (its config.json) in the mixes of types that llama.cpp's quantizer makes. */

export interface Shape {
  readonly name: string;
  readonly layers: number;
  readonly width: number;
  readonly feedForward: number;
  readonly heads: number;
  readonly kvHeads: number;
  readonly headSize: number;
  readonly vocabulary: number;
}

const common = { kvHeads: 8, headSize: 128, vocabulary: 151_936 };
export const shapes = {
  /** Of no use as a measure: it shows that a benchmark runs. */
  tiny: {
    name: 'tiny',
    layers: 2,
    width: 256,
    feedForward: 768,
    heads: 4,
    kvHeads: 2,
    headSize: 64,
    vocabulary: 2048,
  },
  '0.6B': { ...common, name: 'qwen3-0.6b', layers: 28, width: 1024, feedForward: 3072, heads: 16 },
  '1.7B': { ...common, name: 'qwen3-1.7b', layers: 28, width: 2048, feedForward: 6144, heads: 16 },
  '4B': { ...common, name: 'qwen3-4b', layers: 36, width: 2560, feedForward: 9728, heads: 32 },
} as const satisfies Record<string, Shape>;

/** Throws where there is no shape of that name. */
export function shapeNamed(name: string): Shape {
  const shape = (shapes as Record<string, Shape>)[name];
  if (!shape) throw new Error(`There is no shape "${name}". There is: ${Object.keys(shapes).join(', ')}.`);
  return shape;
}

export const mixes = ['q8_0', 'q4_0', 'q4_k_m'] as const;
export type Mix = (typeof mixes)[number];

export type BlockType = 'F32' | 'Q8_0' | 'Q4_0' | 'Q4_K' | 'Q6_K';

/** The type of a matrix; `role` as in the file (llama-quant.cpp, llama_tensor_get_type; the head is tied, so it counts as output). */
export function typeOf(mix: Mix, role: string, layer: number, layers: number): BlockType {
  if (mix === 'q8_0') return 'Q8_0';
  if (role === 'token_embd') return 'Q6_K';
  if (mix === 'q4_0') return 'Q4_0';
  const eighth = Math.floor(layers / 8);
  const more = layer < eighth || layer >= Math.floor((7 * layers) / 8) || (layer - eighth) % 3 === 2;
  return more && (role === 'attn_v' || role === 'ffn_down') ? 'Q6_K' : 'Q4_K';
}
