/** The CPU's kernels and their threads in Node. */
import { readFile } from 'node:fs/promises';
import { Worker } from 'node:worker_threads';
import type { LoadKernels, Products } from '../src/engine/wasm/kernels.ts';
import type { StartThread } from '../src/engine/wasm/wasm-engine.ts';

const folder = new URL('../wasm/build/', import.meta.url);

export const loadKernels: LoadKernels = async file =>
  WebAssembly.compile(await readFile(new URL(`${file}.wasm`, folder)));

/** Those that some other machine takes: all but fused ones run everywhere. */
export const loadOnly =
  (products: Products): LoadKernels =>
  file =>
    loadKernels(file.endsWith('-threads') ? `${products}-threads` : products);

export const startThread: StartThread = setup => {
  const worker = new Worker(new URL('./kernel-thread-node.ts', import.meta.url), { workerData: setup });
  const ready = new Promise<void>((resolve, reject) => {
    worker.once('message', () => {
      // From now on the engine that it works for keeps the process alive, or not.
      worker.unref();
      resolve();
    });
    worker.once('error', reject);
  });
  return { ready, end: () => void worker.terminate() };
};
