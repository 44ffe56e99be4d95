/** One kernel over the rows of a step, with everything bound: encoding it takes a pass and a row count. */
import type { Gpu } from './gpu.ts';
import type { GpuMatrix } from './gpu-matrix.ts';
import { type Kernel, type Kernels, runLength, threads, tile } from './kernels.ts';
import { runsOf } from './pack.ts';

export interface Dispatch {
  /** Multiplications a row, for cutting a step into submits. */
  readonly work: number;
  encode(pass: GPUComputePassEncoder, rows: number): void;
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
  const buffer = own(gpu.device.createBuffer({ size, usage }));
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
    work: 0,
    encode(pass, rows) {
      pass.setPipeline(pipeline);
      pass.setBindGroup(0, bindGroup);
      pass.dispatchWorkgroups(groups, rows);
    },
  };
}

/** The kernels of one matrix: for one row, and for several that share each decoded weight. */
export interface Matmul {
  readonly one: Kernel;
  readonly many: Kernel;
  /** Threads per weight row. */
  readonly lanes: number;
}

export async function matmulFor(kernels: Kernels, { type, columns }: GpuMatrix): Promise<Matmul> {
  // At least two runs a thread: with one, adding up the threads costs more than multiplying (a third of a step, measured).
  const lanes = Math.min(threads, 2 ** Math.max(0, Math.floor(Math.log2(runsOf(columns))) - 1));
  const [one, many] = await Promise.all([kernels.matmul(type, 1, lanes), kernels.matmul(type, tile, lanes)]);
  return { one, many, lanes };
}

export interface Multiplication {
  readonly matrix: GpuMatrix;
  readonly input: GPUBuffer;
  readonly output: GPUBuffer;
  readonly outputStride: number;
  readonly bias?: GPUBuffer | undefined;
  /** Adds to what `output` holds. */
  readonly add?: boolean;
}

/** One dispatch per part of the matrix. */
export function multiply(
  gpu: Gpu,
  { one, many, lanes }: Matmul,
  { matrix, input, output, outputStride, bias, add = false }: Multiplication,
  own: Own,
): Dispatch[] {
  const runs = runsOf(matrix.columns);
  return matrix.parts.map(part => {
    const shape = uniform(
      gpu,
      [
        { u32: runs },
        { u32: part.rows },
        { u32: part.first },
        { u32: outputStride },
        { u32: Number(bias !== undefined) },
        { u32: Number(add) },
      ],
      own,
    );
    const bindGroup = one.bind(shape, part.quants, part.scales, input, bias ?? part.quants, output);
    const groups = Math.ceil(part.rows / (threads / lanes));
    const x = Math.min(groups, gpu.groupsPerDimensionMax);
    const y = Math.ceil(groups / x);
    return {
      work: part.rows * matrix.columns,
      encode(pass, rows) {
        pass.setPipeline(rows === 1 ? one.pipeline : many.pipeline);
        pass.setBindGroup(0, bindGroup);
        pass.dispatchWorkgroups(x, y, rows === 1 ? 1 : Math.ceil(rows / tile));
      },
    };
  });
}

/** 2 operations each: 20 GFLOP, some 100 ms on a slow GPU. Windows resets the device when one submit takes 2 s. */
const multiplicationsPerSubmit = 1e10;

/** Encodes dispatches, in one submit unless they are too long for it. */
export class Recording {
  readonly #device: GPUDevice;
  #encoder: GPUCommandEncoder;
  #pass: GPUComputePassEncoder | undefined;
  #work = 0;

  constructor(device: GPUDevice) {
    this.#device = device;
    this.#encoder = device.createCommandEncoder();
  }

  run(dispatches: readonly Dispatch[], rows: number): void {
    for (const dispatch of dispatches) {
      const work = dispatch.work * rows;
      if (this.#work > 0 && this.#work + work > multiplicationsPerSubmit) this.submit();
      this.#pass ??= this.#encoder.beginComputePass();
      dispatch.encode(this.#pass, rows);
      this.#work += work;
    }
  }

  copy(from: GPUBuffer, to: GPUBuffer, offset: number, bytes: number): void {
    this.#pass?.end();
    this.#pass = undefined;
    this.#encoder.copyBufferToBuffer(from, 0, to, offset, bytes);
  }

  submit(): void {
    this.#pass?.end();
    this.#pass = undefined;
    this.#device.queue.submit([this.#encoder.finish()]);
    this.#encoder = this.#device.createCommandEncoder();
    this.#work = 0;
  }
}
