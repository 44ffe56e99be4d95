import { must } from '../../base/assert.ts';
import { TabmeshError } from '../../base/error.ts';
import { type ExpertKind, expertSource } from './expert-source.ts';
import { type ProjectionKind, projectionSource, type Tile } from './projection-source.ts';
import { portable, type Tier } from './tier.ts';

/** WGSL sources by file name without .wgsl. */
export type Shaders = Readonly<Record<string, string>>;

/** Weights that a kernel decodes at once; rows are padded to it. */
export const runLength = 32;
/** Threads of a workgroup in every kernel. */
export const threads = 64;
/** Activation rows of the largest tile. Buffers hold multiples of it, because kernels compute what fills up a tile. */
export const rowTile = 32;

type Access = 'uniform' | 'read' | 'write';
/** In the order of the kernels' bindings. */
const layouts = {
  'add-normed': ['uniform', 'read', 'read', 'write'],
  'place-heads': ['uniform', 'read', 'read', 'read', 'write', 'write', 'write'],
  attention: ['uniform', 'read', 'read', 'read', 'read', 'write', 'write'],
  'delta-rule': ['uniform', 'read', 'read', 'read', 'read', 'write', 'write'],
  'delta-finish': ['uniform', 'read', 'read', 'read', 'write', 'write'],
  'choose-experts': ['uniform', 'read', 'write'],
  'group-experts': ['uniform', 'read', 'write'],
  'sum-experts': ['uniform', 'read', 'read', 'write'],
  'attention-merge': ['uniform', 'read', 'read', 'read', 'write'],
  'top-candidates': ['uniform', 'read', 'write'],
  'copy-rows': ['uniform', 'read', 'read', 'write'],
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
  readonly #tier: Tier;
  readonly #layouts = new Map<string, GPUBindGroupLayout>();
  readonly #kernels = new Map<string, Promise<Kernel>>();

  constructor(device: GPUDevice, shaders: Shaders, tier: Tier = portable) {
    this.#device = device;
    this.#shaders = shaders;
    this.#tier = tier;
  }

  /** `constants` come in front of the kernel as WGSL. */
  get(name: KernelName, constants: Readonly<Record<string, number | boolean>> = {}): Promise<Kernel> {
    const lines = Object.entries(constants).map(
      ([constant, value]) => `const ${constant} = ${value}${typeof value === 'number' ? 'u' : ''};`,
    );
    const label = [name, ...Object.values(constants)].join(' ');
    return this.#kernel(label, layouts[name], () => [...lines, this.#source(name)].join('\n'));
  }

  /**
   * Bound to: shape, input, vectors, output, the matrices, and where it is grouped the choices of experts. Those of one kind can
   * share a bind group.
   */
  projection(kind: ProjectionKind, tile: Tile): Promise<Kernel> {
    const { types, normed, gated, lanes, grouped } = kind;
    const way = tile === 'many' ? grouped && 'grouped' : `${lanes} lanes`;
    const parts = [types.join('+'), normed && 'normed', gated, tile, way];
    const read = [...types, ...(grouped ? ['choices'] : [])].map((): Access => 'read');
    const layout: Access[] = ['uniform', 'read', 'read', 'write', ...read];
    return this.#kernel(`projection ${parts.filter(Boolean).join(' ')}`, layout, () =>
      projectionSource(kind, tile, this.#tier, name => this.#source(name)),
    );
  }

  /** Bound to: shape, input, vectors, output, the experts chosen, and the matrices. */
  experts(kind: ExpertKind): Promise<Kernel> {
    const label = `experts ${kind.types.join('+')} ${kind.activation} ${kind.lanes} lanes`;
    const layout: Access[] = [
      'uniform',
      'read',
      'read',
      'write',
      'read',
      ...kind.types.map((): Access => 'read'),
    ];
    return this.#kernel(label, layout, () => expertSource(kind, name => this.#source(name)));
  }

  #source(name: string): string {
    return must(this.#shaders[name], `shaders/${name}.wgsl is missing`);
  }

  #kernel(label: string, layout: readonly Access[], source: () => string): Promise<Kernel> {
    const known = this.#kernels.get(label);
    if (known) return known;
    const kernel = this.#compile(label, this.#layout(layout), source());
    this.#kernels.set(label, kernel);
    return kernel;
  }

  async #compile(label: string, layout: GPUBindGroupLayout, code: string): Promise<Kernel> {
    const device = this.#device;
    // Its faults come to the scope with line numbers; the pipeline would only say that the module is invalid.
    device.pushErrorScope('validation');
    const module = device.createShaderModule({ label, code });
    const fault = device.popErrorScope().catch(() => null);
    const pipeline = await device
      .createComputePipelineAsync({
        label,
        layout: device.createPipelineLayout({ bindGroupLayouts: [layout] }),
        compute: { module, entryPoint: 'main' },
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

  #layout(accesses: readonly Access[]): GPUBindGroupLayout {
    const label = accesses.join(' ');
    const known = this.#layouts.get(label);
    if (known) return known;
    const types = { uniform: 'uniform', read: 'read-only-storage', write: 'storage' } as const;
    const layout = this.#device.createBindGroupLayout({
      label,
      entries: accesses.map((access, binding) => ({
        binding,
        visibility: GPUShaderStage.COMPUTE,
        buffer: { type: types[access] },
      })),
    });
    this.#layouts.set(label, layout);
    return layout;
  }
}
