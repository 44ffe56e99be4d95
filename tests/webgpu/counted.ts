/** What the engine really asks of the device, counted where it asks: on the objects of WebGPU themselves. */
export interface Counts {
  dispatches: number;
  submits: number;
  /** Bytes that come back to the CPU, and in how many copies. */
  readbacks: number;
  readBytes: number;
  /** Bytes of weights that kernels multiply with, times their passes over them; those of experts apart. */
  weightBytes: number;
  expertBytes: number;
}

const none: Counts = {
  dispatches: 0,
  submits: 0,
  readbacks: 0,
  readBytes: 0,
  weightBytes: 0,
  expertBytes: 0,
};

/** Counts for all devices while `body` runs; `counts` may be read and reset by it. */
export async function counted(body: (counts: Counts) => Promise<void>): Promise<void> {
  const counts = { ...none };
  const weights = new WeakMap<GPUBindGroup, { weightBytes: number; expertBytes: number }>();
  const bound = new WeakMap<GPUComputePassEncoder, GPUBindGroup>();
  const undo = [
    patch(GPUDevice.prototype, 'createBindGroup', (original, descriptor) => {
      const group = original(descriptor);
      // It copies a few rows and multiplies with none.
      if (descriptor.label === 'copy-rows') return group;
      const buffers = [...descriptor.entries].map(({ resource }) => (resource as GPUBufferBinding).buffer);
      const bytes = (end: RegExp) =>
        buffers.filter(({ label }) => end.test(label)).reduce((sum, { size }) => sum + size, 0);
      weights.set(group, {
        weightBytes: bytes(/(?<!_exps)\.weight$/),
        expertBytes: bytes(/_exps\.weight$/),
      });
      return group;
    }),
    patch(GPUComputePassEncoder.prototype, 'dispatchWorkgroups', function (original, x, y, z) {
      counts.dispatches++;
      const { weightBytes, expertBytes } = weights.get(bound.get(this)!) ?? none;
      counts.weightBytes += weightBytes * (z ?? 1);
      counts.expertBytes += expertBytes * (z ?? 1);
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

/** `aliveBytes` tells what all buffers take that were created while `body` runs and are not destroyed. */
export async function countBuffers(body: (aliveBytes: () => number) => Promise<void>): Promise<void> {
  const alive = new Set<GPUBuffer>();
  const undo = [
    patch(GPUDevice.prototype, 'createBuffer', (original, descriptor) => {
      const buffer = original(descriptor);
      alive.add(buffer);
      return buffer;
    }),
    patch(GPUBuffer.prototype, 'destroy', function (original) {
      alive.delete(this);
      original();
    }),
  ];
  try {
    await body(() => [...alive].reduce((sum, { size }) => sum + size, 0));
  } finally {
    for (const back of undo) back();
  }
}

export const reset = (counts: Counts): void => void Object.assign(counts, none);

/** Puts `around` in the method's place, gives it the method, and answers how to undo it. */
export function patch<T extends object, K extends keyof T>(
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
