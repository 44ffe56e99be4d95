import { TabmeshError } from '../base/error.ts';
import type { Hyperparameters, TensorInfo } from './model.ts';

/**
 * Holds every tensor to the shape that its role demands, so that an engine may trust them. A tensor that has no role
 * would change the result if it were left out in silence, so it is refused by name.
 */
export function checkShapes(hyper: Hyperparameters, tensors: ReadonlyMap<string, TensorInfo>): void {
  const known = new Set<string>();
  const check = (name: string, shape: readonly number[], required = true) => {
    known.add(name);
    const tensor = tensors.get(name);
    if (tensor === undefined) {
      if (!required) return;
      throw corrupt(`tensor ${name} is missing`);
    }
    if (tensor.shape.length !== shape.length || tensor.shape.some((size, index) => size !== shape[index]))
      throw corrupt(`tensor ${name} is ${tensor.shape.join(' x ')}, not ${shape.join(' x ')}`);
    if (shape.length === 1 && tensor.type !== 'F32')
      throw new TabmeshError(
        'unsupported',
        'model',
        `Tensor ${name} is ${tensor.type}; vectors must be F32.`,
      );
  };
  check('token_embd.weight', [hyper.width, hyper.vocabulary]);
  check('output_norm.weight', [hyper.width]);
  check('output.weight', [hyper.width, hyper.vocabulary], false);
  if (hyper.architecture === 'llama') check('rope_freqs.weight', [hyper.rope.dimensions / 2], false);
  for (let layer = 0; layer < hyper.layers; layer++)
    for (const [role, shape] of layerShapes(hyper)) check(`blk.${layer}.${role}`, shape);
  for (const name of tensors.keys())
    if (!known.has(name))
      throw new TabmeshError(
        'unsupported',
        'model',
        `Tensor ${JSON.stringify(name)} has no place in the architecture ${hyper.architecture} as it is supported here.`,
      );
}

function layerShapes(hyper: Hyperparameters): [role: string, shape: readonly number[]][] {
  const { width, heads, kvHeads, keySize, valueSize, feedForward, architecture } = hyper;
  const shapes: [string, readonly number[]][] = [
    ['attn_norm.weight', [width]],
    ['attn_q.weight', [width, heads * keySize]],
    ['attn_k.weight', [width, kvHeads * keySize]],
    ['attn_v.weight', [width, kvHeads * valueSize]],
    ['attn_output.weight', [heads * valueSize, width]],
    ['ffn_norm.weight', [width]],
    ['ffn_gate.weight', [width, feedForward]],
    ['ffn_up.weight', [width, feedForward]],
    ['ffn_down.weight', [feedForward, width]],
  ];
  if (architecture === 'qwen2')
    shapes.push(
      ['attn_q.bias', [heads * keySize]],
      ['attn_k.bias', [kvHeads * keySize]],
      ['attn_v.bias', [kvHeads * valueSize]],
    );
  if (architecture === 'qwen3' || architecture === 'gemma3')
    shapes.push(['attn_q_norm.weight', [keySize]], ['attn_k_norm.weight', [keySize]]);
  if (architecture === 'gemma3')
    shapes.push(['post_attention_norm.weight', [width]], ['post_ffw_norm.weight', [width]]);
  return shapes;
}

const corrupt = (fault: string) =>
  new TabmeshError('corrupt', 'model', `The model file is damaged: ${fault}.`);
