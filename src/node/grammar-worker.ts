import { Worker } from 'node:worker_threads';

/** Runs as long as the process has something else to do. */
export function startGrammarWorker(): Worker {
  const worker = new Worker(new URL('../../workers/grammar-node.ts', import.meta.url));
  worker.unref();
  return worker;
}
