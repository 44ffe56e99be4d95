import { instantiate } from './kernels.ts';
import type { ThreadSetup } from './wasm-engine.ts';

/** Never returns to its worker's event loop; the worker is ended from outside. */
export async function runThread({ thread, job, ...setup }: ThreadSetup): Promise<never> {
  const kernels = await instantiate(setup);
  kernels.follow(thread, job);
  throw new Error('the thread was sent home');
}
