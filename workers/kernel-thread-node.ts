/** A further thread of the CPU's kernels in Node. */
import { parentPort, workerData } from 'node:worker_threads';
import { must } from '../src/base/assert.ts';
import { runThread } from '../src/engine/wasm/run-thread.ts';

const port = must(parentPort, 'this file is a worker');
await runThread(workerData, () => port.postMessage('ready'));
