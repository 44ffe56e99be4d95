/** What an engine asks of the device, taken down on the objects of WebGPU themselves, so that it can be done again and timed. */
import { patch } from '../../tests/webgpu/counted.ts';

export interface Recorded {
  readonly device: GPUDevice;
  readonly pipeline: GPUComputePipeline;
  readonly bindGroup: GPUBindGroup;
  readonly groups: readonly [number, number, number];
  /** Buffers of matrices that it is bound to; their labels are the names of tensors. */
  readonly weights: readonly GPUBuffer[];
}

export interface Recording {
  readonly dispatches: readonly Recorded[];
  readonly submits: number;
}

interface Bound {
  readonly device: GPUDevice;
  readonly weights: readonly GPUBuffer[];
}

const isWeight = ({ label }: GPUBuffer): boolean => label.endsWith('.weight');

/** From its making to `end` for all devices: what is bound is known only where it saw that it was. */
export class Recorder {
  readonly #bound = new WeakMap<GPUBindGroup, Bound>();
  readonly #group = new WeakMap<GPUComputePassEncoder, GPUBindGroup>();
  readonly #pipeline = new WeakMap<GPUComputePassEncoder, GPUComputePipeline>();
  readonly #undo: readonly (() => void)[];
  readonly #dispatches: Recorded[] = [];
  #submits = 0;

  constructor() {
    const { prototype: pass } = GPUComputePassEncoder;
    const bound = this.#bound;
    const groups = this.#group;
    const pipelines = this.#pipeline;
    const take = (recorded: Recorded) => this.#dispatches.push(recorded);
    this.#undo = [
      patch(GPUDevice.prototype, 'createBindGroup', function (original, descriptor) {
        const group = original(descriptor);
        const buffers = [...descriptor.entries].map(({ resource }) => (resource as GPUBufferBinding).buffer);
        // It copies a few rows and multiplies with none.
        const weights = descriptor.label === 'copy-rows' ? [] : buffers.filter(isWeight);
        bound.set(group, { device: this, weights });
        return group;
      }),
      patch(pass, 'setPipeline', function (original, pipeline) {
        pipelines.set(this, pipeline);
        original(pipeline);
      }),
      patch(pass, 'setBindGroup', function (original, index, group, ...rest) {
        groups.set(this, group!);
        original(index, group, ...rest);
      }),
      patch(pass, 'dispatchWorkgroups', function (original, x, y = 1, z = 1) {
        const bindGroup = groups.get(this)!;
        take({ ...bound.get(bindGroup)!, pipeline: pipelines.get(this)!, bindGroup, groups: [x, y, z] });
        original(x, y, z);
      }),
      patch(GPUQueue.prototype, 'submit', (original, commands) => {
        this.#submits++;
        original(commands);
      }),
    ];
  }

  async during(body: () => Promise<unknown>): Promise<Recording> {
    this.#submits = 0;
    this.#dispatches.length = 0;
    await body();
    return { dispatches: this.#dispatches.splice(0), submits: this.#submits };
  }

  end(): void {
    for (const back of this.#undo) back();
  }
}
