/** What pages have in common, their workers above all; vite finds these by these very expressions. */
import type { EngineChoice } from '../engine/choose-engine.ts';
import type { StartEngine } from '../engine/lasting-engine.ts';
import { connectEngine } from '../engine/remote/connect-engine.ts';

export const startStateWorker = (): Worker =>
  new Worker(new URL('../../workers/state-worker.ts', import.meta.url), { type: 'module' });

export const startGrammarWorker = (): Worker =>
  new Worker(new URL('../../workers/grammar.ts', import.meta.url), { type: 'module' });

/** Downloads go on in one tab of a browser at a time; its tabs share a store. */
export const oneTabAtATime = (signal: AbortSignal, work: () => Promise<void>): Promise<void> =>
  navigator.locks.request('tabmesh-download', { signal }, work);

/** `?gpu=software` of the page's address lets a simulated GPU compute, for tests. */
export function engineStarter(page: URL): StartEngine {
  const allowSoftware = page.searchParams.get('gpu') === 'software';
  return async (device, signal) => {
    const worker = new Worker(new URL('../../workers/engine.ts', import.meta.url), { type: 'module' });
    worker.postMessage({ device, allowSoftware, cpu: 'fast' } satisfies EngineChoice);
    return connectEngine(worker, signal);
  };
}
