/** The feed-forward of a layer with experts: a row goes through those that its router likes best, and only they are read. */
import { must } from '../../base/assert.ts';
import { TabmeshError } from '../../base/error.ts';
import type { Hyperparameters } from '../../model/model.ts';
import type { ExpertParts } from '../block-tensors.ts';
import { type Dispatch, type Own, perRow, strideOf, uniform } from './dispatch.ts';
import { type ExpertStep, expertRanges } from './expert-step.ts';
import { applyGrouped, groupChoices, isGrouped, sumChoices } from './experts-grouped.ts';
import type { Gpu } from './gpu.ts';
import type { GpuMatrix } from './gpu-matrix.ts';
import { type Kernels, threads } from './kernels.ts';
import { runsOf } from './pack.ts';
import { lanesFor, type Projection, project } from './projection.ts';
import { vectorBuffer, type Workspace } from './workspace.ts';

type Norm = NonNullable<Projection['norm']>;

/** Where the rows come from, and where the sum over a row's experts goes. */
interface Ends {
  readonly norm: Norm;
  readonly space: Workspace;
  readonly output: GPUBuffer;
  readonly outputStride: number;
  readonly add: boolean;
}

/**
 * Four dispatches, six for many rows; more where the experts do not fit into one binding. Which of the two ways a step goes is
 * known by its rows.
 */
export async function createExperts(
  gpu: Gpu,
  kernels: Kernels,
  hyper: Hyperparameters,
  { router, expertGates, expertUps, expertDowns }: ExpertParts<GpuMatrix>,
  { norm, space, ...target }: Ends,
  own: Own,
): Promise<Dispatch[]> {
  const experts = must(hyper.experts);
  const { count, used } = experts;
  const { hidden, liking, chosen, gate } = space;
  const { width, feedForward, activation } = hyper;
  const gates = {
    matrices: [expertGates, expertUps],
    height: feedForward,
    norm,
    input: hidden,
    output: gate,
    outputStride: strideOf(feedForward),
    add: false,
  };
  const downs = { matrices: [expertDowns], height: width, input: gate, ...target };
  const given = { ...downs, output: space.given, outputStride: strideOf(width) };
  const choose = await kernels.get('choose-experts');
  const byRow = [
    await applyExperts(gpu, kernels, hyper, gates, chosen, own),
    await applyExperts(gpu, kernels, hyper, downs, chosen, own),
  ];
  const byExpert = [
    [await groupChoices(gpu, kernels, experts, space, own)],
    await applyGrouped(gpu, kernels, { experts, activation }, gates, used, space, own),
    await applyGrouped(gpu, kernels, { experts, activation }, given, 1, space, own),
    [await sumChoices(gpu, kernels, { width, experts }, target, space, own)],
  ];
  return [
    ...(await project(
      gpu,
      kernels,
      { matrices: [router], norm, input: hidden, output: liking, outputStride: strideOf(count) },
      own,
    )),
    await gpu.checked('experts', 16, () => {
      const shape = uniform(gpu, [{ u32: count }, { u32: used }, { u32: strideOf(count) }], own);
      return perRow(choose, choose.bind(shape, liking, chosen), 1);
    }),
    ...byRow.flat().map(each => where(rows => !isGrouped(experts, rows), each)),
    ...byExpert.flat().map(each => where(rows => isGrouped(experts, rows), each)),
  ];
}

/** The dispatch in steps of so many rows, in others nothing. */
const where = (isTaken: (rows: number) => boolean, dispatch: Dispatch): Dispatch => ({
  work: step => (isTaken(step.rows) ? dispatch.work(step) : 0),
  encode(pass, step) {
    if (isTaken(step.rows)) dispatch.encode(pass, step);
  },
});

async function applyExperts(
  gpu: Gpu,
  kernels: Kernels,
  hyper: Hyperparameters,
  step: ExpertStep,
  chosen: GPUBuffer,
  own: Own,
): Promise<Dispatch[]> {
  const { matrices, height, norm, input, output, outputStride, add } = step;
  const { count, used } = must(hyper.experts);
  const columns = matrices[0]!.columns;
  const lanes = lanesFor(columns);
  const types = matrices.map(({ type }) => type);
  const kernel = await kernels.experts({ types, activation: hyper.activation, lanes });
  const gated = matrices.length === 2;
  const groups = Math.ceil(height / ((threads / lanes) * (gated ? 1 : 2)));
  const x = Math.min(groups, gpu.groupsPerDimensionMax);
  return gpu.checked('experts', 128, () => {
    const vectors = vectorBuffer(gpu, norm?.weight ?? new Float32Array(0), own);
    return expertRanges(step, count).map(({ first, end, parts }): Dispatch => {
      const shape = uniform(
        gpu,
        [
          { u32: runsOf(columns) },
          { u32: outputStride },
          // Each range of experts adds what its own give.
          { u32: Number(add || first > 0) },
          { u32: used },
          { u32: first },
          { u32: end },
          { f32: columns },
          { f32: norm?.epsilon ?? 0 },
          ...[...parts, ...parts]
            .slice(0, 2)
            .flatMap(part => [
              { u32: height },
              { u32: part.first / height },
              { u32: 0 },
              { u32: part.scalesQuad },
            ]),
        ],
        own,
      );
      const weights = parts.map(({ binding }) => binding);
      const bindGroup = kernel.bind(shape, input, vectors, output, chosen, ...weights);
      return {
        work: ({ rows }) => (rows * used * height * columns * matrices.length * (end - first)) / count,
        encode(pass, { rows }) {
          pass.setPipeline(kernel.pipeline);
          pass.setBindGroup(0, bindGroup);
          pass.dispatchWorkgroups(x, Math.ceil(groups / x), gated ? rows * used : rows);
        },
      };
    });
  });
}

/** shaders/choose-experts.wgsl keeps the scores of those that a row goes through. */
export function checkExperts({ used }: NonNullable<Hyperparameters['experts']>): void {
  if (used <= threads) return;
  const reason = `${used} experts for each row are more than the GPU kernels take. Use the CPU.`;
  throw new TabmeshError('unsupported', 'engine', reason);
}
