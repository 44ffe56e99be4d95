/** The WGSL of a projection: constants, one decoder per matrix, and what binds them together. */
import type { TensorType } from '../../model/model.ts';
import type { Tier } from './tier.ts';

export interface ProjectionKind {
  /** Types of the matrices in one dispatch: up to three one behind the other, or gate and up. */
  readonly types: readonly TensorType[];
  /** Whether the input goes through an RMS norm first. */
  readonly normed: boolean;
  /** Gate and up: the output is activation(gate) * up. */
  readonly gated?: 'silu' | 'gelu' | undefined;
  /** Threads per team of weight rows, a power of two up to `threads`; how the rows are shared where they are few. */
  readonly lanes: number;
  /** Many rows by the expert that was chosen for each: the matrices are those of all experts. */
  readonly grouped?: boolean;
}

/** Activation rows that share one decoding of a weight. */
export const fewTiles = [1, 4, 8] as const;
export type Tile = (typeof fewTiles)[number] | 'many';

/** Names that every decode-TYPE.wgsl declares or reads. */
const decoderNames = /\b(Packed|load|quad|bytes|affine|weights|scale_word)\b/g;
const slotNames = ['a', 'b', 'c'] as const;

export function projectionSource(
  kind: ProjectionKind,
  tile: Tile,
  tier: Tier,
  file: (name: string) => string,
): string {
  const { types, normed, gated, lanes } = kind;
  const { directive, parts } = tile === 'many' ? manyParts(kind, tier, file) : fewParts(kind, tier, file);
  const constants = [
    ...(tile === 'many' ? [] : [`const tile = ${tile}u;`, `const lanes = ${lanes}u;`]),
    `const slots = ${types.length}u;`,
    `const normed = ${normed};`,
    `const gated = ${gated !== undefined};`,
    `const gelu = ${gated === 'gelu'};`,
  ];
  const decoders = types.map((type, index) => decoder(file, type, index, 4 + index));
  return [directive, ...constants, file('projection'), file('activation'), ...decoders, ...parts].join('\n');
}

function fewParts(kind: ProjectionKind, { subgroups }: Tier, file: (name: string) => string) {
  const source = file('projection-few');
  if (!subgroups) return { directive: '', parts: [sums(kind, file), file('join-alone'), source] };
  // Only `main` itself can be given the size of its subgroup.
  const main = source.replace('thread: u32,', 'thread: u32,\n  @builtin(subgroup_size) subgroup: u32,');
  return { directive: 'enable subgroups;', parts: [sums(kind, file), file('join-subgroup'), main] };
}

/** Weights that are numbers already (F16, F32) gain nothing from integers. */
const hasIntegers = (type: TensorType): boolean => type.startsWith('Q');

function manyParts(kind: ProjectionKind, { halves, bytes }: Tier, file: (name: string) => string) {
  const rows = kind.grouped
    ? [
        `@group(0) @binding(${4 + kind.types.length}) var<storage, read> grouped: array<u32>;`,
        file('rows-grouped'),
      ]
    : [file('rows-plain')];
  if (bytes && kind.types.every(hasIntegers)) {
    const parts = [...rows, file('projection-many-bytes'), fills(kind, file('fill-bytes'))];
    return { directive: 'requires packed_4x8_integer_dot_product;', parts };
  }
  const keep = file(halves ? 'keep-half' : 'keep-whole');
  const parts = [...rows, keep, file('projection-many'), fills(kind, file('fill'))];
  return { directive: halves ? 'enable f16;' : '', parts };
}

/** Of matrix `index`: its binding, and decode-TYPE.wgsl with names of its own. */
export function decoder(
  file: (name: string) => string,
  type: TensorType,
  index: number,
  binding: number,
): string {
  const name = slotNames[index]!;
  return [
    `@group(0) @binding(${binding}) var<storage, read> weights_${name}: array<vec4<u32>>;`,
    `fn scale_word_${name}(i: u32) -> u32 { return weights_${name}[shape.slots[${index}].w + (i >> 2u)][i & 3u]; }`,
    file(`decode-${type.toLowerCase()}`).replaceAll(decoderNames, `$1_${name}`),
  ].join('\n');
}

/** `accumulate_KEY` over one row each of the matrices `slots`. */
export const accumulator = (
  file: (name: string) => string,
  key: string,
  slots: readonly (typeof slotNames)[number][],
): string =>
  file('accumulate')
    .replaceAll('KEY', key)
    .replaceAll(/\b(Packed|load|quad)_([01])\b/g, (_, name, place) => `${name}_${slots[Number(place)]}`);

/** `accumulate`, which chooses the matrix. */
function sums({ types, gated }: ProjectionKind, file: (name: string) => string): string {
  const call = (key: string, rows: string) => `accumulate_${key}(${rows}, lane, first_input, sums, squares);`;
  const rowOf = (slot: number, row: string) =>
    `min(${row}, shape.slots[${slot}].x - 1u) + shape.slots[${slot}].y`;
  const head = `fn accumulate(slot: u32, row: u32, lane: u32, first_input: u32,
  sums: ptr<function, array<vec2<f32>, tile>>, squares: ptr<function, array<f32, tile>>) {`;
  if (gated) {
    const rows = `vec2(${rowOf(0, 'row')}, ${rowOf(1, 'row')})`;
    return [accumulator(file, 'pair', ['a', 'b']), head, call('pair', rows), '}'].join('\n');
  }
  const used = slotNames.slice(0, types.length);
  return [
    ...used.map(name => accumulator(file, name, [name, name])),
    head,
    'switch (slot) {',
    ...used.map((name, slot) => {
      const rows = `vec2(${rowOf(slot, 'row')}, ${rowOf(slot, 'row + 1u')})`;
      return `${label(slot, used.length)} { ${call(name, rows)} }`;
    }),
    '} }',
  ].join('\n');
}

/** `fill`, which chooses the matrix. */
function fills({ types, gated }: ProjectionKind, template: string): string {
  const used = slotNames.slice(0, types.length);
  const call = (slot: number, row: string) => `fill_${used[slot]}(${slot}u, ${row}, thread, run, half);`;
  const choice = gated
    ? `if (thread < side) { ${call(0, 'first_row + thread / 2u')} } else { ${call(1, 'first_row + thread / 2u - side / 2u')} }`
    : `switch (slot) { ${used.map((_, slot) => `${label(slot, used.length)} { ${call(slot, 'first_row + thread / 2u')} }`).join(' ')} }`;
  return [
    ...used.map(name => template.replaceAll(/\b(fill|load|quad|bytes|affine)_0\b/g, `$1_${name}`)),
    `fn fill(slot: u32, first_row: u32, thread: u32, run: u32, half: u32) { ${choice} }`,
  ].join('\n');
}

/** WGSL asks every switch for a default. */
const label = (slot: number, count: number): string => (slot === count - 1 ? 'default:' : `case ${slot}u:`);
