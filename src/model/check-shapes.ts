import { must } from '../base/assert.ts';
import { TabmeshError } from '../base/error.ts';
import { deltaNetChannels, type Hyperparameters, isRecurrentLayer, type TensorInfo } from './model.ts';

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
    for (const [role, shape] of layerShapes(hyper, layer)) check(`blk.${layer}.${role}`, shape);
  for (const name of tensors.keys())
    if (!known.has(name))
      throw new TabmeshError(
        'unsupported',
        'model',
        `Tensor ${JSON.stringify(name)} has no place in the architecture ${hyper.architecture} as it is supported here.`,
      );
}

type Shapes = [role: string, shape: readonly number[]][];

function layerShapes(hyper: Hyperparameters, layer: number): Shapes {
  const { width, architecture } = hyper;
  const shapes: Shapes = [['attn_norm.weight', [width]], ...feedForwardShapes(hyper)];
  shapes.push(...(isRecurrentLayer(hyper, layer) ? deltaNetShapes(hyper) : attentionShapes(hyper)));
  if (architecture !== 'qwen35') shapes.push(['ffn_norm.weight', [width]]);
  if (architecture === 'gemma3') shapes.push(['post_ffw_norm.weight', [width]]);
  if (architecture === 'gemma3' || architecture === 'qwen35')
    shapes.push(['post_attention_norm.weight', [width]]);
  return shapes;
}

function attentionShapes(hyper: Hyperparameters): Shapes {
  const { width, heads, kvHeads, keySize, valueSize, architecture, gatedAttention } = hyper;
  const shapes: Shapes = [
    ['attn_q.weight', [width, heads * keySize * (gatedAttention ? 2 : 1)]],
    ['attn_k.weight', [width, kvHeads * keySize]],
    ['attn_v.weight', [width, kvHeads * valueSize]],
    ['attn_output.weight', [heads * valueSize, width]],
  ];
  if (architecture === 'qwen2')
    shapes.push(
      ['attn_q.bias', [heads * keySize]],
      ['attn_k.bias', [kvHeads * keySize]],
      ['attn_v.bias', [kvHeads * valueSize]],
    );
  if (['qwen3', 'gemma3', 'qwen3moe', 'qwen35'].includes(architecture))
    shapes.push(['attn_q_norm.weight', [keySize]], ['attn_k_norm.weight', [keySize]]);
  return shapes;
}

function deltaNetShapes({ width, deltaNet }: Hyperparameters): Shapes {
  const { kernel, valueHeads, headSize } = must(deltaNet);
  const channels = deltaNetChannels(must(deltaNet));
  return [
    ['attn_qkv.weight', [width, channels]],
    ['attn_gate.weight', [width, valueHeads * headSize]],
    ['ssm_conv1d.weight', [kernel, channels]],
    ['ssm_dt.bias', [valueHeads]],
    ['ssm_a', [valueHeads]],
    ['ssm_beta.weight', [width, valueHeads]],
    ['ssm_alpha.weight', [width, valueHeads]],
    ['ssm_norm.weight', [headSize]],
    ['ssm_out.weight', [valueHeads * headSize, width]],
  ];
}

function feedForwardShapes({ width, feedForward, experts }: Hyperparameters): Shapes {
  if (experts === undefined)
    return [
      ['ffn_gate.weight', [width, feedForward]],
      ['ffn_up.weight', [width, feedForward]],
      ['ffn_down.weight', [feedForward, width]],
    ];
  return [
    ['ffn_gate_inp.weight', [width, experts.count]],
    ['ffn_gate_exps.weight', [width, feedForward, experts.count]],
    ['ffn_up_exps.weight', [width, feedForward, experts.count]],
    ['ffn_down_exps.weight', [feedForward, width, experts.count]],
  ];
}

const corrupt = (fault: string) =>
  new TabmeshError('corrupt', 'model', `The model file is damaged: ${fault}.`);
