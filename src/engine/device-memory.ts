import { formatBytes, MiB } from '../base/bytes.ts';
import { TabmeshError } from '../base/error.ts';
import { deltaNetChannels, type Hyperparameters } from '../model/model.ts';

/** What an engine holds of its device's memory, in bytes. */
export interface MemoryUse {
  readonly weights: number;
  /** Of open sessions. */
  readonly caches: number;
  /** Activations and tables: for each stage and head, whatever its sessions. */
  readonly scratch: number;
  /** The most that all of it may be; missing where only the device itself knows. */
  readonly limit?: number;
}

export type Purpose = 'weights' | 'caches' | 'scratch';

const names: Readonly<Record<Purpose, string>> = {
  weights: 'a tensor',
  caches: 'this conversation',
  scratch: 'working memory',
};

/** Counts what an engine takes of its device, and keeps it within the limit. */
export class DeviceMemory {
  readonly #limit: number | undefined;
  readonly #used = { weights: 0, caches: 0, scratch: 0 };

  /** `limit` in bytes; without one the device's own refusals are all there is. */
  constructor(limit?: number) {
    this.#limit = limit;
  }

  get use(): MemoryUse {
    return { ...this.#used, ...(this.#limit === undefined ? {} : { limit: this.#limit }) };
  }

  /** Called before memory is taken. Throws TabmeshError('full', 'engine') where it does not fit, and counts nothing then. */
  take(purpose: Purpose, bytes: number): void {
    this.check(names[purpose], bytes);
    this.#used[purpose] += bytes;
  }

  give(purpose: Purpose, bytes: number): void {
    this.#used[purpose] -= bytes;
  }

  /** Throws TabmeshError('full', 'engine') where `bytes` more for `what` do not fit. */
  check(what: string, bytes: number): void {
    if (this.#limit === undefined) return;
    const { weights, caches, scratch } = this.#used;
    const free = Math.max(0, this.#limit - weights - caches - scratch);
    if (bytes <= free) return;
    const held = `${formatBytes(weights)} of weights, ${formatBytes(caches)} of conversations and ${formatBytes(scratch)} of working memory`;
    const reason = `There is no room for ${what}: ${formatBytes(bytes)} are needed, and ${formatBytes(free)} of ${formatBytes(this.#limit)} are free beside ${held}. Take fewer layers, end another conversation, or allow more memory.`;
    throw new TabmeshError('full', 'engine', reason);
  }
}

/** Rows that go through a stage together, on any engine. */
const stageRows = 128;
/** Tables, shares of attention, and a row for each thread. */
const tableBytes = 2 * MiB;
const logitBytes = 16 * MiB;

/** The most that a stage takes of working memory when it is loaded, on any engine. */
export function stageScratchBytes(hyper: Hyperparameters): number {
  const { width, heads, kvHeads, keySize, valueSize, feedForward, rope, deltaNet } = hyper;
  const experts = hyper.experts ?? { count: 0, used: 1 };
  const queries = heads * keySize * (hyper.gatedAttention ? 2 : 1);
  const attention = queries + kvHeads * keySize + (heads + kvHeads) * valueSize + 2 * rope.dimensions;
  const delta = deltaNet === undefined ? 0 : 2 * deltaNetChannels(deltaNet);
  const columns = 6 * width + 2 * (attention + delta + experts.count) + 3 * feedForward * experts.used;
  return stageRows * columns * Float32Array.BYTES_PER_ELEMENT + tableBytes;
}

/** As stageScratchBytes, of a head: logits of a few rows. */
export function headScratchBytes({ width, vocabulary }: Hyperparameters): number {
  const rowBytes = (vocabulary + 2 * width) * Float32Array.BYTES_PER_ELEMENT;
  return Math.max(16 * rowBytes, Math.min(stageRows * rowBytes, logitBytes)) + tableBytes;
}
