/** A further thread of the CPU's kernels in Node. */
import { workerData } from 'node:worker_threads';
import { runThread } from '../src/engine/wasm/run-thread.ts';

await runThread(workerData);
