import { instantiate } from './kernels.ts';
import type { ThreadSetup } from './wasm-engine.ts';

/** Calls `ready` once, and then never returns to its worker's event loop; the worker is ended from outside. */
export async function runThread({ thread, job, ...setup }: ThreadSetup, ready: () => void): Promise<void> {
  const kernels = await instantiate(setup);
  ready();
  kernels.follow(thread, job);
}
