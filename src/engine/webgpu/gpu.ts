import { GiB, MiB } from '../../base/bytes.ts';
import { TabmeshError, toError } from '../../base/error.ts';
import { DeviceMemory, type Purpose } from '../device-memory.ts';
import { offeredTier, type Tier, tierFeatures } from './tier.ts';

/** More than Dawn's highest tier; what is asked for is the lower of this and the adapter's own. */
const wantedBytes = 8 * GiB;
/** What every device grants, and Dawn's adapters have no more. */
const groupsPerDimension = 65_535;
/** Idle readback buffers kept: one per step in flight is enough. */
const stagingMax = 3;
/** How long a failed call waits to learn whether the device is gone; the two reports come in either order. */
const lossReportMs = 200;
/** Some drivers add a trace to what they say. */
const lossMessageCharactersMax = 200;

/**
 * A device whose errors are thrown where they arise: work goes through `checked` or `read`, which hold error scopes
 * around it, and whatever escapes them fails the next call.
 */
export class Gpu {
  readonly device: GPUDevice;
  /** Bytes of the largest buffer that one binding may show. */
  readonly bindingBytesMax: number;
  /** Workgroups of one dispatch in one direction. */
  readonly groupsPerDimensionMax: number;
  /** What the kernels may use. */
  readonly offered: Tier;
  /**
   * Some 100 ms on a slow GPU, until this one was measured. One dispatch is never cut: attention of 128 rows over 32,000
   * positions of 16 heads is 1.7 times this.
   */
  multiplicationsPerSubmit = 1e10;
  /** Else a step whose kernels are still being compiled takes those for one row: a compiler may need seconds in mid-answer. */
  stepsAwaitKernels = false;
  /** Resolves when the device goes without being closed. */
  readonly lost: Promise<string>;
  readonly memory: DeviceMemory;
  readonly #purposes = new Map<GPUBuffer, Purpose>();
  /** Made by the work that is being checked. */
  #made: GPUBuffer[] = [];
  readonly #staging: GPUBuffer[] = [];
  #gone: TabmeshError | undefined;
  #stray: TabmeshError | undefined;

  /** `memoryBytes` is the most that it may hold. */
  static async request(adapter: GPUAdapter, memoryBytes?: number): Promise<Gpu> {
    const maxBufferSize = Math.min(adapter.limits.maxBufferSize, wantedBytes);
    const maxStorageBufferBindingSize = Math.min(adapter.limits.maxStorageBufferBindingSize, wantedBytes);
    const offered = offeredTier(adapter);
    const device = await adapter
      .requestDevice({
        requiredLimits: { maxBufferSize, maxStorageBufferBindingSize },
        requiredFeatures: tierFeatures(offered),
      })
      .catch(cause => {
        throw new TabmeshError('unavailable', 'engine', `The GPU gave no device: ${cause.message}`, {
          cause,
        });
      });
    return new Gpu(device, new DeviceMemory(memoryBytes), {
      bindingBytesMax: Math.min(maxBufferSize, maxStorageBufferBindingSize),
      groupsPerDimensionMax: Math.min(adapter.limits.maxComputeWorkgroupsPerDimension, groupsPerDimension),
      offered,
    });
  }

  private constructor(
    device: GPUDevice,
    memory: DeviceMemory,
    limits: Pick<Gpu, 'bindingBytesMax' | 'groupsPerDimensionMax' | 'offered'>,
  ) {
    this.device = device;
    this.memory = memory;
    this.bindingBytesMax = limits.bindingBytesMax;
    this.groupsPerDimensionMax = limits.groupsPerDimensionMax;
    this.offered = limits.offered;
    this.lost = new Promise(resolve => {
      device.lost.then(({ message }) => {
        if (this.#gone) return;
        const why = message.slice(0, lossMessageCharactersMax).replace(/\.$/, '');
        const reason = `The GPU was lost: ${why || 'the driver gave no reason'}.`;
        this.#gone = new TabmeshError('lost', 'engine', reason);
        resolve(reason);
      });
    });
    device.addEventListener('uncapturederror', ({ error }) => {
      this.#stray ??= refused('an earlier step', error);
    });
  }

  /**
   * Runs `work`, which must be synchronous, and throws what the device finds wrong with it: 'full' where memory ran
   * out for `what` of `bytes`, 'unavailable' for a refused command (a fault of ours or of the driver). Buffers that `work`
   * made are gone then.
   */
  async checked<T>(what: string, bytes: number, work: () => T): Promise<T> {
    const made: GPUBuffer[] = [];
    try {
      return await this.#check(what, bytes, () => {
        this.#made = made;
        return work();
      });
    } catch (error) {
      for (const buffer of made) this.destroy(buffer);
      throw error;
    }
  }

  /** To be called from work that is checked. Throws TabmeshError('full', 'engine') where the limit is reached. */
  createBuffer(purpose: Purpose, descriptor: GPUBufferDescriptor): GPUBuffer {
    this.memory.take(purpose, descriptor.size);
    const buffer = this.device.createBuffer(descriptor);
    this.#purposes.set(buffer, purpose);
    this.#made.push(buffer);
    return buffer;
  }

  /** Buffers that are gone already stay so. */
  destroy(buffer: GPUBuffer): void {
    const purpose = this.#purposes.get(buffer);
    if (purpose === undefined) return;
    this.#purposes.delete(buffer);
    this.memory.give(purpose, buffer.size);
    buffer.destroy();
  }

  async #check<T>(what: string, bytes: number, work: () => T): Promise<T> {
    this.assertAlive();
    this.device.pushErrorScope('internal');
    this.device.pushErrorScope('out-of-memory');
    this.device.pushErrorScope('validation');
    let outcome: { value: T } | { thrown: unknown };
    try {
      outcome = { value: work() };
    } catch (thrown) {
      outcome = { thrown };
    }
    const scopes = [this.device.popErrorScope(), this.device.popErrorScope(), this.device.popErrorScope()];
    const errors = await Promise.all(scopes).catch(cause => this.explain(cause));
    const [validation, memory, internal] = errors;
    if (this.#gone) throw this.#gone;
    // Memory first: where it ran out, the commands that follow are invalid, too.
    if (memory) throw full(what, bytes, memory);
    if (validation ?? internal) throw refused(what, (validation ?? internal)!);
    this.assertAlive();
    // createBuffer throws a RangeError where the browser's own process has no memory for a mapped buffer.
    if ('thrown' in outcome)
      throw outcome.thrown instanceof RangeError ? full(what, bytes, outcome.thrown) : outcome.thrown;
    return outcome.value;
  }

  /** Throws what this device's failing promise was about: a lost device, or else `cause`. */
  async explain(cause: unknown): Promise<never> {
    const { promise, resolve } = Promise.withResolvers<void>();
    const timer = setTimeout(resolve, lossReportMs);
    await Promise.race([this.device.lost, promise]);
    clearTimeout(timer);
    throw this.#gone ?? toError(cause, 'engine');
  }

  assertAlive(): void {
    if (this.#gone) throw this.#gone;
    if (this.#stray) {
      const error = this.#stray;
      this.#stray = undefined;
      throw error;
    }
  }

  /** Submits what `record` encodes, the last of it a copy of `bytes` into the staging buffer, and answers them. */
  async read(
    what: string,
    bytes: number,
    record: (staging: GPUBuffer) => void,
  ): Promise<Float32Array<ArrayBuffer>> {
    let staging: GPUBuffer | undefined;
    let mapped: Promise<unknown> | undefined;
    const checked = this.checked(what, bytes, () => {
      staging = this.#takeStaging(bytes);
      record(staging);
      mapped = staging.mapAsync(GPUMapMode.READ, 0, bytes).catch(cause => cause);
    });
    try {
      await checked;
      const failure = await mapped;
      if (failure) await this.explain(failure);
      const result = new Float32Array(staging!.getMappedRange(0, bytes).slice(0));
      staging!.unmap();
      if (this.#staging.length < stagingMax) this.#staging.push(staging!);
      else this.destroy(staging!);
      return result;
    } catch (error) {
      if (staging) this.destroy(staging);
      throw error;
    }
  }

  close(): void {
    this.#gone ??= new TabmeshError('cancelled', 'engine', 'The engine was closed. Load the layers again.');
    this.device.destroy();
  }

  #takeStaging(bytes: number): GPUBuffer {
    const index = this.#staging.findIndex(buffer => buffer.size >= bytes);
    if (index >= 0) return this.#staging.splice(index, 1)[0]!;
    // One that is too small would be kept for ever by a stage whose forwards have grown.
    const other = this.#staging.pop();
    if (other) this.destroy(other);
    const usage = GPUBufferUsage.MAP_READ | GPUBufferUsage.COPY_DST;
    return this.createBuffer('scratch', { label: 'readback', size: bytes, usage });
  }
}

const refused = (what: string, cause: GPUError): TabmeshError =>
  new TabmeshError('unavailable', 'engine', `The GPU refused ${what}: ${cause.message}`, { cause });

function full(what: string, bytes: number, cause: unknown): TabmeshError {
  const size = `${(bytes / MiB).toFixed(1)} MiB`;
  const reason = `The GPU has no ${size} left for ${what}. Take fewer layers, or end another conversation.`;
  return new TabmeshError('full', 'engine', reason, { cause });
}
