/**
 * Many rows through their experts: choices are put together by expert, so that a weight is decoded once for up to `rowTile` of
 * them; then a row's choices are summed.
 */
import type { Hyperparameters } from '../../model/model.ts';
import { type Dispatch, type Own, perRow, strideOf, uniform } from './dispatch.ts';
import { type ExpertStep, expertRanges } from './expert-step.ts';
import type { Gpu } from './gpu.ts';
import { type Kernels, rowTile, threads } from './kernels.ts';
import { runsOf } from './pack.ts';
import { fewRowsMax } from './projection.ts';
import { rowsPerTurn, tilesOf, vectorBuffer, type Workspace } from './workspace.ts';

type Experts = NonNullable<Hyperparameters['experts']>;

/** A tile costs as much with one row as with `rowTile`; a row by itself decodes what it multiplies. [estimate, no GPU measured it] */
const rowsPerExpertMin = 4;

/** Whether a step of so many rows goes through the experts grouped. */
export const isGrouped = ({ count, used }: Experts, rows: number): boolean =>
  rows > fewRowsMax && rows * used >= rowsPerExpertMin * count;

export async function groupChoices(
  gpu: Gpu,
  kernels: Kernels,
  experts: Experts,
  { chosen, grouped }: Workspace,
  own: Own,
): Promise<Dispatch> {
  const kernel = await kernels.get('group-experts', { experts: experts.count });
  return gpu.checked('experts', 16, () => {
    const shape = uniform(gpu, [{ u32: experts.used }, { u32: tilesOf(experts, rowsPerTurn) }], own);
    return perRow(kernel, kernel.bind(shape, chosen, grouped), 1);
  });
}

/** Each choice has a row of the output. `choicesPerInput` share a row of the input. */
export async function applyGrouped(
  gpu: Gpu,
  kernels: Kernels,
  { experts, activation }: { readonly experts: Experts; readonly activation: 'silu' | 'gelu' },
  step: Omit<ExpertStep, 'add'>,
  choicesPerInput: number,
  { grouped }: Workspace,
  own: Own,
): Promise<Dispatch[]> {
  const { matrices, height, norm, input, output, outputStride } = step;
  const columns = matrices[0]!.columns;
  const gated = matrices.length === 2;
  const types = matrices.map(({ type }) => type);
  const way = gated ? { gated: activation } : {};
  const kind = { types, normed: norm !== undefined, ...way, lanes: threads, grouped: true };
  const kernel = await kernels.projection(kind, 'many');
  const groups = Math.ceil(height / (gated ? rowTile / 2 : rowTile));
  const x = Math.min(groups, gpu.groupsPerDimensionMax);
  const firstChoice = 4 * tilesOf(experts, rowsPerTurn);
  return gpu.checked('experts', 128, () => {
    const vectors = vectorBuffer(gpu, norm?.weight ?? new Float32Array(0), own);
    return expertRanges({ ...step, add: false }, experts.count).map(({ first, end, parts }): Dispatch => {
      const slots = [...parts, ...parts].slice(0, 2).flatMap(part => [
        { u32: height },
        // Wraps around below 0, as the kernel's sum with the expert's own first row does.
        { u32: -part.first >>> 0 },
        { u32: 0 },
        { u32: part.scalesQuad },
      ]);
      const shape = uniform(
        gpu,
        [
          { u32: runsOf(columns) },
          { u32: outputStride },
          ...[0, 0, 0].map(u32 => ({ u32 })),
          { f32: columns },
          { f32: norm?.epsilon ?? 0 },
          { u32: 0 },
          ...slots,
          ...[first, end, choicesPerInput, firstChoice].map(u32 => ({ u32 })),
        ],
        own,
      );
      const weights = parts.map(({ binding }) => binding);
      const bindGroup = kernel.bind(shape, input, vectors, output, ...weights, grouped);
      return {
        work: ({ rows }) =>
          (rows * experts.used * height * columns * matrices.length * (end - first)) / experts.count,
        encode(pass, { rows }) {
          pass.setPipeline(kernel.pipeline);
          pass.setBindGroup(0, bindGroup);
          pass.dispatchWorkgroups(x, Math.ceil(groups / x), tilesOf(experts, rows));
        },
      };
    });
  });
}

/** `target` gets what the choices of each row gave, by their weights. */
export async function sumChoices(
  gpu: Gpu,
  kernels: Kernels,
  { width, experts }: { readonly width: number; readonly experts: Experts },
  target: Pick<ExpertStep, 'output' | 'add'>,
  { chosen, given }: Workspace,
  own: Own,
): Promise<Dispatch> {
  const kernel = await kernels.get('sum-experts');
  const quads = strideOf(width) / 4;
  return gpu.checked('experts', 16, () => {
    const shape = uniform(gpu, [{ u32: experts.used }, { u32: quads }, { u32: Number(target.add) }], own);
    return perRow(kernel, kernel.bind(shape, chosen, given, target.output), Math.ceil(quads / threads));
  });
}
