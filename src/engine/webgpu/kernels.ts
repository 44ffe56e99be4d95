import { must } from '../../base/assert.ts';
import { TabmeshError } from '../../base/error.ts';
import type { TensorType } from '../../model/model.ts';

/** WGSL sources by file name without .wgsl. */
export type Shaders = Readonly<Record<string, string>>;

/** Weights that a kernel decodes at once; rows are padded to it. */
export const runLength = 32;
/** Threads of a workgroup in every kernel. */
export const threads = 64;
/** Activation rows that share one decoding of a weight, where there are several rows. Buffers hold multiples of it. */
export const tile = 8;

type Access = 'uniform' | 'read' | 'write';
/** In the order of the kernels' bindings. */
const layouts = {
  matmul: ['uniform', 'read', 'read', 'read', 'read', 'write'],
  'rms-norm': ['uniform', 'read', 'read', 'write'],
  'place-heads': ['uniform', 'read', 'read', 'read', 'write', 'read', 'read', 'write', 'write'],
  attention: ['uniform', 'read', 'read', 'read', 'read', 'write'],
  'gated-activation': ['uniform', 'read', 'write'],
} satisfies Record<string, Access[]>;
export type KernelName = keyof typeof layouts;

export interface Kernel {
  readonly pipeline: GPUComputePipeline;
  bind(...resources: (GPUBuffer | GPUBufferBinding)[]): GPUBindGroup;
}

/** Pipelines of one device, compiled when first asked for. */
export class Kernels {
  readonly #device: GPUDevice;
  readonly #shaders: Shaders;
  readonly #layouts = new Map<KernelName, GPUBindGroupLayout>();
  readonly #kernels = new Map<string, Promise<Kernel>>();

  constructor(device: GPUDevice, shaders: Shaders) {
    this.#device = device;
    this.#shaders = shaders;
  }

  get(name: Exclude<KernelName, 'matmul'>): Promise<Kernel> {
    return this.#kernel(name, name, () => this.#source(name));
  }

  /** `rows` activations per decoded weight; `lanes` threads per weight row. */
  matmul(type: TensorType, rows: 1 | typeof tile, lanes: number): Promise<Kernel> {
    const source = () =>
      [this.#source(`decode-${type.toLowerCase()}`), `const tile = ${rows}u;`, this.#source('matmul')].join(
        '\n',
      );
    return this.#kernel('matmul', `matmul ${type} ${rows} ${lanes}`, source, { lanes });
  }

  #source(name: string): string {
    return must(this.#shaders[name], `shaders/${name}.wgsl is missing`);
  }

  #kernel(
    name: KernelName,
    label: string,
    source: () => string,
    constants: Record<string, number> = {},
  ): Promise<Kernel> {
    const known = this.#kernels.get(label);
    if (known) return known;
    const kernel = this.#compile(name, label, source(), constants);
    this.#kernels.set(label, kernel);
    return kernel;
  }

  async #compile(
    name: KernelName,
    label: string,
    code: string,
    constants: Record<string, number>,
  ): Promise<Kernel> {
    const device = this.#device;
    const layout = this.#layout(name);
    // Its faults come to the scope with line numbers; the pipeline would only say that the module is invalid.
    device.pushErrorScope('validation');
    const module = device.createShaderModule({ label, code });
    const fault = device.popErrorScope().catch(() => null);
    const pipeline = await device
      .createComputePipelineAsync({
        label,
        layout: device.createPipelineLayout({ bindGroupLayouts: [layout] }),
        compute: { module, entryPoint: 'main', constants },
      })
      .catch(async cause => {
        const { message } = (await fault) ?? cause;
        const reason = `The GPU's driver refuses the kernel "${label}": ${message}. Use the CPU.`;
        throw new TabmeshError('unsupported', 'engine', reason, { cause });
      });
    return {
      pipeline,
      bind: (...resources) =>
        device.createBindGroup({
          label,
          layout,
          entries: resources.map((resource, binding) => ({
            binding,
            resource: 'buffer' in resource ? resource : { buffer: resource },
          })),
        }),
    };
  }

  #layout(name: KernelName): GPUBindGroupLayout {
    const known = this.#layouts.get(name);
    if (known) return known;
    const types = { uniform: 'uniform', read: 'read-only-storage', write: 'storage' } as const;
    const layout = this.#device.createBindGroupLayout({
      label: name,
      entries: layouts[name].map((access, binding) => ({
        binding,
        visibility: GPUShaderStage.COMPUTE,
        buffer: { type: types[access] },
      })),
    });
    this.#layouts.set(name, layout);
    return layout;
  }
}
