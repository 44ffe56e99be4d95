import { Worker } from 'node:worker_threads';

/** Runs as long as the process has something else to do. */
export function startStateWorker(): Worker {
  const worker = new Worker(new URL('../../workers/state-node.ts', import.meta.url));
  worker.unref();
  return worker;
}
