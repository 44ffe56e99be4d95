import { Worker } from 'node:worker_threads';
import type { EngineChoice } from '../engine/choose-engine.ts';
import type { Engine } from '../engine/engine.ts';
import { connectEngine } from '../engine/remote/connect-engine.ts';

/** An engine in a worker thread. A device that was named outright may be a simulated one; 'auto' never takes that. */
export function nodeEngine(device: EngineChoice['device']): Promise<Engine> {
  const worker = new Worker(new URL('../../workers/engine-node.ts', import.meta.url));
  worker.postMessage({ device, allowSoftware: device === 'webgpu' } satisfies EngineChoice);
  return connectEngine(worker);
}
