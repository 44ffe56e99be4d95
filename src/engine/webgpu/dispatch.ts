/** One kernel over the rows of a step, with everything bound: encoding it takes a pass and the size of the step. */
import type { Gpu } from './gpu.ts';
import { type Kernel, runLength } from './kernels.ts';
import { runsOf } from './pack.ts';

export interface StepSize {
  readonly rows: number;
  /** Workgroups that divide the cached positions of a row among them. */
  readonly shares: number;
  /** The most positions that a row sees. */
  readonly positions: number;
}

export interface Dispatch {
  /** Multiplications, for cutting a step into submits. */
  work(step: StepSize): number;
  /** Compiles what a step of this many rows takes best and is not there yet. */
  prepare?(rows: number): Promise<void>;
  encode(pass: GPUComputePassEncoder, step: StepSize): void;
}

export async function prepare(dispatches: readonly Dispatch[], rows: number): Promise<void> {
  await Promise.all(dispatches.map(dispatch => dispatch.prepare?.(rows)));
}

/** Before a step: has what it takes best compiled, and waits for that where the device's steps do. */
export async function prepareStep(gpu: Gpu, dispatches: readonly Dispatch[], rows: number): Promise<void> {
  const compiled = prepare(dispatches, rows);
  if (gpu.stepsAwaitKernels) return compiled;
  // Where the driver refuses a kernel the one for one row goes on serving.
  compiled.catch(() => {});
}

/** Numbers from one row of an activation to the next: kernels read whole runs, and what pads them stays zero. */
export const strideOf = (columns: number): number => runsOf(columns) * runLength;

export interface Uniform {
  readonly u32?: number;
  readonly f32?: number;
}

/** Takes a buffer that the caller destroys, and answers it. */
export type Own = (buffer: GPUBuffer) => GPUBuffer;

/** Parameters of one dispatch that never change. */
export function uniform(gpu: Gpu, values: readonly Uniform[], own: Own): GPUBuffer {
  const size = Math.ceil(values.length / 4) * 16;
  const usage = GPUBufferUsage.UNIFORM | GPUBufferUsage.COPY_DST;
  const buffer = own(gpu.createBuffer('scratch', { size, usage }));
  const view = new DataView(new ArrayBuffer(size));
  values.forEach(({ u32, f32 }, index) => {
    if (f32 === undefined) view.setUint32(index * 4, u32 ?? 0, true);
    else view.setFloat32(index * 4, f32, true);
  });
  gpu.device.queue.writeBuffer(buffer, 0, view.buffer);
  return buffer;
}

/** A kernel that runs `groups` workgroups for each row. */
export function perRow({ pipeline }: Kernel, bindGroup: GPUBindGroup, groups: number): Dispatch {
  return {
    work: () => 0,
    encode(pass, { rows }) {
      pass.setPipeline(pipeline);
      pass.setBindGroup(0, bindGroup);
      pass.dispatchWorkgroups(groups, rows);
    },
  };
}

/** Encodes dispatches, in one submit unless they are too long for it. */
export class Recording {
  readonly #gpu: Gpu;
  #encoder: GPUCommandEncoder;
  #pass: GPUComputePassEncoder | undefined;
  #work = 0;

  constructor(gpu: Gpu) {
    this.#gpu = gpu;
    this.#encoder = gpu.device.createCommandEncoder();
  }

  run(dispatches: readonly Dispatch[], step: StepSize): void {
    for (const dispatch of dispatches) {
      const work = dispatch.work(step);
      if (this.#work > 0 && this.#work + work > this.#gpu.multiplicationsPerSubmit) this.submit();
      this.#pass ??= this.#encoder.beginComputePass();
      dispatch.encode(this.#pass, step);
      this.#work += work;
    }
  }

  copy(from: GPUBuffer, fromOffset: number, to: GPUBuffer, offset: number, bytes: number): void {
    this.#pass?.end();
    this.#pass = undefined;
    this.#encoder.copyBufferToBuffer(from, fromOffset, to, offset, bytes);
  }

  submit(): void {
    this.#pass?.end();
    this.#pass = undefined;
    this.#gpu.device.queue.submit([this.#encoder.finish()]);
    this.#encoder = this.#gpu.device.createCommandEncoder();
    this.#work = 0;
  }
}
