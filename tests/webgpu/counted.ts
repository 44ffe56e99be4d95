/** What the engine really asks of the device, counted where it asks: on the objects of WebGPU themselves. */
export interface Counts {
  dispatches: number;
  submits: number;
  /** Bytes that come back to the CPU, and in how many copies. */
  readbacks: number;
  readBytes: number;
  /** Bytes of weights that kernels are bound to, times their passes over them. */
  weightBytes: number;
}

const none: Counts = { dispatches: 0, submits: 0, readbacks: 0, readBytes: 0, weightBytes: 0 };

/** Counts for all devices while `body` runs; `counts` may be read and reset by it. */
export async function counted(body: (counts: Counts) => Promise<void>): Promise<void> {
  const counts = { ...none };
  const weights = new WeakMap<GPUBindGroup, number>();
  const bound = new WeakMap<GPUComputePassEncoder, GPUBindGroup>();
  const undo = [
    patch(GPUDevice.prototype, 'createBindGroup', (original, descriptor) => {
      const group = original(descriptor);
      const buffers = [...descriptor.entries].map(({ resource }) => (resource as GPUBufferBinding).buffer);
      const sizes = buffers.filter(({ label }) => label.endsWith('.weight')).map(({ size }) => size);
      weights.set(
        group,
        sizes.reduce((sum, size) => sum + size, 0),
      );
      return group;
    }),
    patch(GPUComputePassEncoder.prototype, 'dispatchWorkgroups', function (original, x, y, z) {
      counts.dispatches++;
      counts.weightBytes += (weights.get(bound.get(this)!) ?? 0) * (z ?? 1);
      original(x, y, z);
    }),
    patch(GPUComputePassEncoder.prototype, 'setBindGroup', function (original, index, group, ...rest) {
      bound.set(this, group!);
      original(index, group, ...rest);
    }),
    patch(GPUQueue.prototype, 'submit', (original, buffers) => {
      counts.submits++;
      original(buffers);
    }),
    patch(GPUBuffer.prototype, 'mapAsync', (original, mode, offset, bytes) => {
      counts.readbacks++;
      counts.readBytes += bytes ?? 0;
      return original(mode, offset, bytes);
    }),
  ];
  try {
    await body(counts);
  } finally {
    for (const back of undo) back();
  }
}

export const reset = (counts: Counts): void => void Object.assign(counts, none);

/** Puts `around` in the method's place, gives it the method, and answers how to undo it. */
function patch<T extends object, K extends keyof T>(
  prototype: T,
  name: K,
  around: T[K] extends (...args: infer A) => infer R
    ? (this: T, original: (...args: A) => R, ...args: A) => R
    : never,
): () => void {
  const original = prototype[name] as (...args: unknown[]) => unknown;
  (prototype as Record<K, unknown>)[name] = function (this: T, ...args: unknown[]) {
    const bind = (...inner: unknown[]) => original.apply(this, inner);
    return (around as (...all: unknown[]) => unknown).call(this, bind, ...args);
  };
  return () => {
    (prototype as Record<K, unknown>)[name] = original;
  };
}
