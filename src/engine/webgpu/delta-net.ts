/** A gated delta net in attention's place: projections, then the recurrence over the states of the sessions. */
import { must } from '../../base/assert.ts';
import { TabmeshError } from '../../base/error.ts';
import { rewindRowsMax } from '../../base/limits.ts';
import type { DeltaNet, Hyperparameters } from '../../model/model.ts';
import type { DeltaNetParts } from '../block-tensors.ts';
import { type DeltaMemory, keptRows } from './delta-pool.ts';
import { statesKept } from './delta-track.ts';
import { type Dispatch, type Own, perRow, strideOf, uniform } from './dispatch.ts';
import type { Gpu } from './gpu.ts';
import type { GpuMatrix } from './gpu-matrix.ts';
import type { Kernels } from './kernels.ts';
import { deltaColumns, keptColumns, vectorBuffer, type Workspace } from './workspace.ts';

/** Two dispatches over the rows in `Workspace.projected`, whose columns are in the order of `deltaMatrices`. */
export async function createDeltaNet(
  gpu: Gpu,
  kernels: Kernels,
  hyper: Hyperparameters,
  weights: DeltaNetParts<GpuMatrix, Float32Array>,
  space: Workspace,
  own: Own,
): Promise<(memory: DeltaMemory) => Dispatch[]> {
  const net = must(hyper.deltaNet);
  const { keyHeads, valueHeads, headSize: size, kernel } = net;
  const [rule, finish] = await Promise.all([
    kernels.get('delta-rule', { size, kernel, every: rewindRowsMax, states: statesKept }),
    kernels.get('delta-finish', { size }),
  ]);
  const values = [...weights.convolution, ...weights.decayBias, ...weights.decayScale];
  return gpu.checked('a delta net', values.length * 4, () => {
    const vectors = vectorBuffer(gpu, Float32Array.from(values), own);
    const norm = vectorBuffer(gpu, weights.deltaNorm, own);
    const shape = uniform(
      gpu,
      [
        { u32: keyHeads },
        { u32: valueHeads },
        { u32: strideOf(deltaColumns(net)) },
        { u32: strideOf(valueHeads * size) },
        { u32: keptRows(net) },
        { u32: keptColumns(net) },
        { f32: hyper.normEpsilon },
      ],
      own,
    );
    const { projected, mixed } = space;
    return ({ kept, states, rows }) => [
      perRow(rule, rule.bind(shape, rows, projected, vectors, kept, states, mixed), valueHeads),
      perRow(finish, finish.bind(shape, rows, projected, norm, kept, mixed), valueHeads),
    ];
  });
}

/** What a row is multiplied by, in the order of the columns: the large ones first, in one dispatch. */
export const deltaMatrices = <M>(weights: DeltaNetParts<M, unknown>): readonly M[] => [
  weights.queryKeyValue,
  weights.deltaGate,
  weights.writeStrength,
  weights.decayRate,
];

/** shaders/delta-rule.wgsl holds a column of a state in each thread. */
export function checkDeltaNet({ headSize }: DeltaNet): void {
  if (headSize <= 256) return;
  const reason = `Delta nets with heads of ${headSize} values are more than the GPU kernels take. Use the CPU.`;
  throw new TabmeshError('unsupported', 'engine', reason);
}
