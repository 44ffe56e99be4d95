/** A further thread of the CPU's kernels in browsers; it is told its setup and works until it is ended. */
import { runThread } from '../src/engine/wasm/run-thread.ts';
import type { ThreadSetup } from '../src/engine/wasm/wasm-engine.ts';

const start = ({ data }: MessageEvent<ThreadSetup>) => void runThread(data, () => postMessage('ready'));
addEventListener('message', start, { once: true });
