/** Matrices times activations, with the norm in front and what follows, in one dispatch for up to three matrices. */
import { assert } from '../../base/assert.ts';
import { type Dispatch, type Own, strideOf, uniform } from './dispatch.ts';
import type { Gpu } from './gpu.ts';
import type { GpuMatrix, MatrixPart } from './gpu-matrix.ts';
import { type Kernel, type Kernels, rowTile, threads } from './kernels.ts';
import { runsOf } from './pack.ts';
import { fewTiles, type ProjectionKind, type Tile } from './projection-source.ts';
import { vectorBuffer } from './workspace.ts';

export interface Projection {
  /** One behind the other in the output's columns; gated: gate and up. All take the same input. */
  readonly matrices: readonly GpuMatrix[];
  readonly gated?: 'silu' | 'gelu' | undefined;
  readonly norm?: { readonly weight: Float32Array; readonly epsilon: number };
  /** Of all output columns. */
  readonly bias?: Float32Array | undefined;
  readonly input: GPUBuffer;
  readonly output: GPUBuffer;
  readonly outputStride: number;
  /** Adds to what `output` holds. */
  readonly add?: boolean;
}

/** More rows than these go through the kernel whose tile is `rowTile`: it decodes a weight once for all of them. */
export const fewRowsMax = 16;

/** Rows [first, first + rows) of a part, which become output columns from `column` on. */
interface Slot {
  readonly matrix: GpuMatrix;
  readonly part: MatrixPart;
  readonly first: number;
  readonly rows: number;
  readonly column: number;
}

/** Compiles the kernels for one row, and those for several when `prepare` asks for them; creates small buffers, so it belongs into `gpu.checked`'s account. */
export async function project(
  gpu: Gpu,
  kernels: Kernels,
  projection: Projection,
  own: Own,
): Promise<Dispatch[]> {
  const columns = projection.matrices[0]!.columns;
  assert(
    projection.matrices.every(matrix => matrix.columns === columns),
    'matrices of one projection take one input',
  );
  const { norm, bias } = projection;
  const quads = norm ? strideOf(columns) / 4 : 0;
  const values = new Float32Array(quads * 4 + (bias?.length ?? 0));
  if (norm) values.set(norm.weight);
  if (bias) values.set(bias, quads * 4);
  const vectors = await gpu.checked('norms', values.byteLength, () => vectorBuffer(gpu, values, own));
  const groups = projection.gated ? gatedSlots(projection.matrices) : rowSlots(projection.matrices);
  return Promise.all(
    groups.map(async slots => {
      const kind = kindOf(projection, slots);
      const one = await kernels.projection(kind, 1);
      return gpu.checked('a projection', 128, () => {
        const shape = shapeOf(gpu, projection, slots, quads, own);
        const { input, output } = projection;
        const weights = slots.map(({ part }) => part.binding);
        const bindGroup = one.bind(shape, input, vectors, output, ...weights);
        return dispatchOf(gpu, kernels, kind, slots, bindGroup, one);
      });
    }),
  );
}

function kindOf({ matrices, norm, gated }: Projection, slots: readonly Slot[]): ProjectionKind {
  const lanes = lanesFor(matrices[0]!.columns);
  return { types: slots.map(({ matrix }) => matrix.type), normed: norm !== undefined, gated, lanes };
}

/** At least two runs a thread: with one, adding up the threads costs more than multiplying (a third of a step, measured). */
export const lanesFor = (columns: number): number =>
  Math.min(threads, 2 ** Math.max(0, Math.floor(Math.log2(runsOf(columns))) - 1));

function shapeOf(
  gpu: Gpu,
  { matrices, outputStride, add, bias, norm }: Projection,
  slots: readonly Slot[],
  biasQuad: number,
  own: Own,
): GPUBuffer {
  const columns = matrices[0]!.columns;
  const filled = [...slots, ...slots, ...slots].slice(0, 3);
  return uniform(
    gpu,
    [
      { u32: runsOf(columns) },
      { u32: outputStride },
      { u32: Number(add ?? false) },
      { u32: Number(bias !== undefined) },
      { u32: biasQuad },
      { f32: columns },
      { f32: norm?.epsilon ?? 0 },
      { u32: 0 },
      ...filled.flatMap(({ rows, first, column, part }) => [
        { u32: rows },
        { u32: first },
        { u32: column },
        { u32: part.scalesQuad },
      ]),
    ],
    own,
  );
}

export function tileFor(rows: number): Tile {
  return rows > fewRowsMax ? 'many' : (fewTiles.find(tile => tile >= rows) ?? 8);
}

function dispatchOf(
  gpu: Gpu,
  kernels: Kernels,
  kind: ProjectionKind,
  slots: readonly Slot[],
  bindGroup: GPUBindGroup,
  one: Kernel,
): Dispatch {
  const { gated, lanes } = kind;
  const compiled = new Map<Tile, Kernel>([[1, one]]);
  const rowsPerGroup = (tile: Tile) => (tile === 'many' ? rowTile : (threads / lanes) * 2) / (gated ? 2 : 1);
  const groupsFor = (tile: Tile) =>
    (gated ? slots.slice(0, 1) : slots).reduce(
      (sum, { rows }) => sum + Math.ceil(rows / rowsPerGroup(tile)),
      0,
    );
  const workPerRow = slots.reduce((sum, { rows, matrix }) => sum + rows * matrix.columns, 0);
  return {
    work: ({ rows }) => rows * workPerRow,
    async prepare(rows) {
      const tile = tileFor(rows);
      if (!compiled.has(tile)) compiled.set(tile, await kernels.projection(kind, tile));
    },
    encode(pass, { rows }) {
      const best = tileFor(rows);
      const tile = compiled.has(best) ? best : 1;
      const kernel = compiled.get(tile) ?? one;
      const groups = groupsFor(tile);
      const x = Math.min(groups, gpu.groupsPerDimensionMax);
      pass.setPipeline(kernel.pipeline);
      pass.setBindGroup(0, bindGroup);
      pass.dispatchWorkgroups(x, Math.ceil(groups / x), Math.ceil(rows / (tile === 'many' ? rowTile : tile)));
    },
  };
}

/** Parts one behind the other, three to a dispatch. */
function rowSlots(matrices: readonly GpuMatrix[]): Slot[][] {
  let before = 0;
  const slots = matrices.flatMap(matrix => {
    const column = before;
    before += matrix.rows;
    return matrix.parts.map(part => ({
      matrix,
      part,
      first: 0,
      rows: part.rows,
      column: column + part.first,
    }));
  });
  return Array.from({ length: Math.ceil(slots.length / 3) }, (_, index) =>
    slots.slice(3 * index, 3 * index + 3),
  );
}

/** Gate and up row by row; where a binding cannot show them whole, the parts of the two may end at different rows. */
function gatedSlots(matrices: readonly GpuMatrix[]): Slot[][] {
  const [gate, up] = matrices;
  assert(gate && up && gate.rows === up.rows, 'a gate needs as many rows as what it gates');
  const groups: Slot[][] = [];
  for (let row = 0; row < gate.rows; ) {
    const parts = [gate, up].map(matrix => ({
      matrix,
      part: matrix.parts.find(({ first, rows }) => first <= row && row < first + rows)!,
    }));
    const end = Math.min(...parts.map(({ part }) => part.first + part.rows));
    const column = row;
    groups.push(
      parts.map(({ matrix, part }) => ({
        matrix,
        part,
        first: column - part.first,
        rows: end - column,
        column,
      })),
    );
    row = end;
  }
  return groups;
}
