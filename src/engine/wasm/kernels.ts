/** The compiled kernels (sources in wasm/, made by scripts/wasm.mjs) and which of them this machine runs. */

export interface Kernels {
  /** Bytes of 32 quantized activations. */
  readonly activationBlockBytes: WebAssembly.Global;
  /** What has to be added to weights of 8 bits; -1 where these kernels are no use (wasm/dot.ts). */
  offsetOfBytes(): number;
  prepare(offset: number): void;
  /** 0 where a scale is too large to be stored. */
  pack(matrix: number, from: number, rowBytes: number, firstRow: number, rows: number): number;
  decode(matrix: number, row: number, to: number): void;
  lead(program: number, threads: number): void;
  follow(thread: number, job: number): void;
  lastJob(): number;
}

/** How they make products, as wasm/products.ts has it. */
export type Products = 'wide' | 'paired' | 'fused';
/** File names in wasm/build without .wasm. */
export type KernelFile = Products | `${Products}-threads`;
export type LoadKernels = (file: KernelFile) => Promise<WebAssembly.Module>;

/** All that a thread needs to have the same kernels as the first. */
export interface KernelSetup {
  readonly module: WebAssembly.Module;
  readonly memory: WebAssembly.Memory;
  readonly offset: number;
}

/** Modules with one instruction of each kind, as in github.com/GoogleChromeLabs/wasm-feature-detect. */
const start = [0, 97, 115, 109, 1, 0, 0, 0, 1, 5, 1, 96, 0, 1, 123, 3, 2, 1, 0, 10];
const withSimd = [...start, 10, 1, 8, 0, 65, 0, 253, 15, 253, 98, 11];
const withRelaxedSimd = [...start, 15, 1, 13, 0, 65, 1, 253, 15, 65, 2, 253, 15, 253, 128, 2, 11];

export const hasSimd = (): boolean => WebAssembly.validate(new Uint8Array(withSimd));
const hasRelaxedSimd = (): boolean => WebAssembly.validate(new Uint8Array(withRelaxedSimd));

/**
 * The fastest kernels that give the same answers everywhere: fused ones only where their dot product takes weights of 8 bits, which x86
 * before VNNI does not.
 */
export async function chooseKernels(
  load: LoadKernels,
  shared: boolean,
): Promise<{ setup: KernelSetup; kernels: Kernels; products: Products; memoryBytesMax: number }> {
  const { memory, pagesMax } = createMemory(shared);
  const choices: readonly Products[] = hasRelaxedSimd() ? ['fused', 'paired'] : ['wide'];
  for (const products of choices) {
    const module = await load(shared ? `${products}-threads` : products);
    const kernels = await instantiate({ module, memory, offset: 0 });
    const offset = kernels.offsetOfBytes();
    if (offset < 0) continue;
    kernels.prepare(offset);
    return { setup: { module, memory, offset }, kernels, products, memoryBytesMax: pagesMax * pageBytes };
  }
  throw new Error('paired and wide kernels take all weights');
}

export async function instantiate({ module, memory, offset }: KernelSetup): Promise<Kernels> {
  const { exports } = await WebAssembly.instantiate(module, { env: { memory } });
  const kernels = exports as unknown as Kernels;
  kernels.prepare(offset);
  return kernels;
}

const pageBytes = 65_536;

/** 65,536 pages are all that 32 bits can address. */
function createMemory(shared: boolean): { memory: WebAssembly.Memory; pagesMax: number } {
  const create = (pagesMax: number) => ({
    memory: new WebAssembly.Memory({ initial: 16, maximum: pagesMax, shared }),
    pagesMax,
  });
  if (!shared) return create(65_536);
  // Shared memory is reserved whole, which small devices refuse.
  for (const pagesMax of [65_536, 32_768]) {
    try {
      return create(pagesMax);
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
    }
  }
  return create(16_384);
}
