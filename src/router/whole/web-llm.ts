/** WebLLM itself, which is 2 MB of code: imported when somebody looks at its catalogue or asks one of its models. */
import type { AppConfig, MLCEngineInterface } from '@mlc-ai/web-llm';
import { deleteFiles, storedWeights } from './web-llm-files.ts';
import type { WholeEngine, WholeProgress } from './whole-destination.ts';
import type { Shelf } from './whole-models.ts';

export async function openShelf(): Promise<Shelf> {
  const { prebuiltAppConfig } = await import('@mlc-ai/web-llm');
  return { catalogue: prebuiltAppConfig, stored: storedWeights, deleteFiles };
}

export interface WebLlmParts {
  readonly startWorker: () => Worker;
  readonly catalogue: () => Promise<AppConfig>;
}

/** One model at a time, as much as most GPUs hold. An abort while it loads ends the worker; what it has stored stays. */
export function createWebLlm({ startWorker, catalogue }: WebLlmParts): WholeEngine {
  let open: { worker: Worker; engine: MLCEngineInterface; model: string } | undefined;
  const close = () => {
    open?.worker.terminate();
    open = undefined;
  };
  const current = (): MLCEngineInterface => {
    if (!open) throw new DOMException('The model was unloaded.', 'AbortError');
    return open.engine;
  };
  return {
    async load(model, onProgress, signal) {
      if (open?.model === model) return;
      close();
      const { WebWorkerMLCEngine } = await import('@mlc-ai/web-llm');
      const worker = startWorker();
      const engine = new WebWorkerMLCEngine(worker, {
        appConfig: await catalogue(),
        initProgressCallback: ({ progress, text }) => onProgress({ share: progress, ...stageOf(text) }),
      });
      const { promise: aborted, reject } = Promise.withResolvers<never>();
      aborted.catch(() => {});
      const abort = () => reject(signal?.reason);
      signal?.addEventListener('abort', abort, { once: true });
      worker.addEventListener('error', ({ message }) => reject(new Error(message || 'Its worker failed.')));
      try {
        signal?.throwIfAborted();
        await Promise.race([engine.reload(model), aborted]);
        open = { worker, engine, model };
      } catch (error) {
        worker.terminate();
        throw error;
      } finally {
        signal?.removeEventListener('abort', abort);
      }
    },
    create: request => current().chat.completions.create(request),
    interrupt: async () => current().interruptGenerate(),
  };
}

/** Its reports say what they count in words alone. */
function stageOf(text: string): Pick<WholeProgress, 'stage'> {
  if (text.startsWith('Fetching param cache')) return { stage: 'download' };
  return text.startsWith('Loading model from cache') ? { stage: 'load' } : {};
}
