/** What runs layers on one device. Implementations: cpu/ (the readable reference), webgpu/, remote (in a worker). */
import type { LayerRange, Model, TensorReader } from '../model/model.ts';
import type { MemoryUse } from './device-memory.ts';
import type { Head, Stage } from './stage.ts';

export interface DeviceInfo {
  readonly kind: 'cpu' | 'webgpu';
  /** For people and bug reports: "CPU", "NVIDIA H200, subgroups and f16" (what its kernels use: webgpu/tier.ts). */
  readonly name: string;
  /** Of a GPU, all that the adapter says of itself; for bug reports. */
  readonly adapter?: string;
  /** Of a GPU, whether it has f16 (shader-f16), in which prompts are read faster where that was measured to pay. */
  readonly halves?: boolean;
  /** Why this device and not a faster one, e.g. "This browser offers no WebGPU, so layers run on the CPU." */
  readonly note?: string;
}

/**
 * Guarantees, held by engine-contract.ts for every implementation:
 * - Stages over any contiguous ranges, chained, give what one stage over all layers gives (the same bits on cpu).
 * - Layers that a live stage of the same model already holds are shared, not loaded twice; they go with the last
 *   stage that has them.
 * - A load that is aborted or fails leaves nothing behind.
 * - A stage or head that does not fit into the memory that the engine may take is refused before anything is read, with
 *   TabmeshError('full', 'engine') that names the numbers; so is a conversation before it takes more than is left.
 * - `close` frees all; loads after it, and those under way, reject with TabmeshError('cancelled', 'engine').
 */
export interface Engine {
  readonly device: DeviceInfo;
  stage(model: Model, layers: LayerRange, read: TensorReader, signal?: AbortSignal): Promise<Stage>;
  head(model: Model, read: TensorReader, signal?: AbortSignal): Promise<Head>;
  memory(): Promise<MemoryUse>;
  /** Resolves with a sentence when the device is lost; never rejects. */
  readonly lost: Promise<string>;
  close(): Promise<void>;
}
