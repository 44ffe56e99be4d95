/** The WGSL of a feed-forward of experts: compare projection-source.ts, whose decoders and sums it shares. */
import type { TensorType } from '../../model/model.ts';
import { accumulator, decoder } from './projection-source.ts';

export interface ExpertKind {
  /** Gate and up, or down alone. */
  readonly types: readonly TensorType[];
  readonly activation: 'silu' | 'gelu';
  /** Threads per team of weight rows, as in ProjectionKind. */
  readonly lanes: number;
}

export function expertSource(
  { types, activation, lanes }: ExpertKind,
  file: (name: string) => string,
): string {
  const gated = types.length === 2;
  const behind = gated
    ? [file('activation'), accumulator(file, 'pair', ['a', 'b']), file('experts-gate')]
    : [accumulator(file, 'down', ['a', 'a']), file('experts-down')];
  return [
    'const tile = 1u;',
    `const lanes = ${lanes}u;`,
    `const normed = ${gated};`,
    `const gelu = ${activation === 'gelu'};`,
    file('experts'),
    ...types.map((type, index) => decoder(file, type, index, 5 + index)),
    ...behind,
  ].join('\n');
}
