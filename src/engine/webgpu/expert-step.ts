/** What the two ways through the experts share: one row at a time, and many rows by expert. */
import { must } from '../../base/assert.ts';
import type { GpuMatrix, MatrixPart } from './gpu-matrix.ts';
import type { Projection } from './projection.ts';

export interface ExpertStep {
  /** Gate and up, or down. */
  readonly matrices: readonly GpuMatrix[];
  /** Rows of one expert. */
  readonly height: number;
  readonly norm?: NonNullable<Projection['norm']>;
  readonly input: GPUBuffer;
  readonly output: GPUBuffer;
  readonly outputStride: number;
  readonly add: boolean;
}

/** Experts [first, end) that one part of each matrix holds. */
export interface ExpertRange {
  readonly first: number;
  readonly end: number;
  readonly parts: readonly MatrixPart[];
}

export function expertRanges({ matrices, height }: ExpertStep, count: number): ExpertRange[] {
  const found: ExpertRange[] = [];
  for (let first = 0; first < count; ) {
    const parts = matrices.map(({ parts }) => must(parts.findLast(part => part.first <= first * height)));
    const end = Math.min(...parts.map(part => (part.first + part.rows) / height));
    found.push({ first, end, parts });
    first = end;
  }
  return found;
}
