import type { Model } from '../../src/model/model.ts';
import { rowsOf } from '../../src/model/model.ts';
import type { Row } from '../row.ts';
import type { Recorded } from './recorded.ts';
import { secondsOf } from './seconds.ts';

export interface Work {
  readonly bytes: number;
  readonly weights: number;
}

/** Of the matrices that a dispatch is bound to. */
function workOf(model: Model, { weights }: Recorded): Work {
  const tensors = weights.map(({ label }) => model.tensors.get(label)!);
  return {
    bytes: weights.reduce((sum, { size }) => sum + size, 0),
    weights: tensors.reduce((sum, tensor) => sum + tensor.shape[0]! * rowsOf(tensor), 0),
  };
}

/** Which tensors of a layer, and of which types; the pipeline's own name where there are none. */
function nameOf(model: Model, { weights, pipeline }: Recorded): string {
  if (weights.length === 0) return pipeline.label.replaceAll(' ', '-');
  const roles = weights.map(({ label }) => label.replace(/^blk\.\d+\./, '').replace('.weight', ''));
  const types = weights.map(({ label }) => model.tensors.get(label)!.type);
  return `${roles.join('+')}/${[...new Set(types)].join('+').toLowerCase()}`;
}

/**
 * Each kind of dispatch done again by itself, all layers' one after another, so that weights come from memory. `share` makes of a
 * dispatch's work and its seconds a part of what the GPU can do; a kernel without matrices is given in microseconds.
 */
export async function kernelTimes(
  model: Model,
  dispatches: readonly Recorded[],
  name: (kernel: string) => string,
  share: (work: Work, seconds: number) => number,
): Promise<Row[]> {
  const rows: Row[] = [];
  for (const [kernel, alike] of Map.groupBy(dispatches, each => nameOf(model, each))) {
    const encode = (pass: GPUComputePassEncoder) => {
      for (const { pipeline, bindGroup, groups } of alike) {
        pass.setPipeline(pipeline);
        pass.setBindGroup(0, bindGroup);
        pass.dispatchWorkgroups(...groups);
      }
    };
    const seconds = (await secondsOf(alike[0]!.device, encode)) / alike.length;
    const work = workOf(model, alike[0]!);
    rows.push(
      work.bytes > 0
        ? { name: name(kernel), value: 100 * share(work, seconds), unit: '%' }
        : { name: name(kernel), value: seconds * 1e6, unit: 'us' },
    );
  }
  return rows;
}
