import { Worker } from 'node:worker_threads';
import type { EngineChoice } from '../engine/choose-engine.ts';
import type { Engine } from '../engine/engine.ts';
import { connectEngine } from '../engine/remote/connect-engine.ts';

/**
 * An engine in a worker thread. 'webgpu' takes a simulated GPU too, which 'auto' never does; where there is none at all
 * the engine is the CPU's and its note says why.
 */
export function nodeEngine(
  device: EngineChoice['device'],
  cpu: EngineChoice['cpu'] & string = 'exact',
  signal?: AbortSignal,
  more: Pick<EngineChoice, 'dataFolder' | 'memoryBytes' | 'stepsAwaitKernels'> = {},
): Promise<Engine> {
  const worker = new Worker(new URL('../../workers/engine-node.ts', import.meta.url));
  const choice: EngineChoice = {
    device: device === 'webgpu' ? 'auto' : device,
    allowSoftware: device === 'webgpu',
    cpu,
    ...more,
  };
  worker.postMessage(choice);
  return connectEngine(worker, signal);
}
