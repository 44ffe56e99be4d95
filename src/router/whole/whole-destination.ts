import type { ChatCompletionChunk, ChatCompletionRequestStreaming } from '@mlc-ai/web-llm';
import type { Clock } from '../../base/clock.ts';
import { TabmeshError, toError } from '../../base/error.ts';
import { LiveValue, until } from '../../base/live.ts';
import type { Step } from '../../pod/pod.ts';
import type { Finish } from '../cloud/dialect.ts';
import { openAiDialect } from '../cloud/openai-dialect.ts';
import type { Provider } from '../cloud/providers.ts';
import type { Destination } from '../destination.ts';
import { type CompletionEvent, type CompletionRequest, wantedModels } from '../request.ts';
import { Stopwatch } from '../stopwatch.ts';
import { type WholeModels, wholePrefix } from './whole-models.ts';

/** From 0 to 1 of its present stage; of the weights where that is named. */
export interface WholeProgress {
  readonly share: number;
  readonly stage?: 'download' | 'load';
}

/** An engine of WebLLM in its worker, as far as an answer needs it. */
export interface WholeEngine {
  /** Resolves when `model` is in GPU memory. */
  load(model: string, onProgress: (progress: WholeProgress) => void, signal?: AbortSignal): Promise<void>;
  create(request: ChatCompletionRequestStreaming): Promise<AsyncIterable<ChatCompletionChunk>>;
  interrupt(): Promise<void>;
}

/** It speaks as OpenAI does. */
const webLlm: Provider = {
  id: 'web-llm',
  name: 'WebLLM',
  baseUrl: '',
  dialect: 'openai',
  checkPath: '',
  takes: ['seed', 'logprobs'],
};

export interface WholeParts {
  readonly models: Pick<WholeModels, 'chosen' | 'fetches'>;
  readonly engine: WholeEngine;
  readonly clock: Clock;
}

/** This tab, with a whole model of its own in it. Nobody else sees anything of the conversation. */
export function createWholeDestination({ models, engine, clock }: WholeParts): Destination {
  const find = (request: CompletionRequest): string | undefined =>
    wantedModels(request).find(name => models.chosen.peek().includes(name));

  async function* complete(
    request: CompletionRequest,
    signal?: AbortSignal,
  ): AsyncGenerator<CompletionEvent, void, void> {
    const watch = new Stopwatch(clock);
    const name = find(request);
    if (name === undefined) throw notHere(request.model);
    const model = name.slice(wholePrefix.length);
    yield* loading(engine, models, name, signal);
    const reason = `On this device: WebLLM runs ${model} whole in this tab.`;
    yield { kind: 'route', route: { kind: 'device', hops: [], provider: webLlm.name, reason } };
    const usage = { promptTokens: 0, cachedTokens: 0, completionTokens: 0 };
    let finish: Finish | undefined;
    const stop = () => void engine.interrupt().catch(() => {});
    signal?.addEventListener('abort', stop, { once: true });
    try {
      const body = openAiDialect.body(webLlm, model, request) as ChatCompletionRequestStreaming;
      for await (const chunk of await engine.create(body)) {
        signal?.throwIfAborted();
        const event = { event: 'message', data: JSON.stringify(chunk) };
        for (const part of openAiDialect.read(webLlm, event)) {
          if (part.kind === 'usage') Object.assign(usage, part.usage);
          else if (part.kind === 'finish') finish = part.reason;
          else {
            watch.token();
            yield part;
          }
        }
      }
    } catch (error) {
      throw toError(error, 'router');
    } finally {
      signal?.removeEventListener('abort', stop);
    }
    if (finish === undefined) {
      throw new TabmeshError(
        'lost',
        'router',
        'WebLLM broke off in the middle of the answer. The text so far is kept; ask again.',
      );
    }
    const completionTokens = usage.completionTokens || watch.tokens;
    yield {
      kind: 'end',
      reason: finish,
      usage: { ...usage, completionTokens },
      timings: watch.timings(completionTokens),
    };
  }

  return {
    id: 'whole',
    kind: 'whole',
    name: 'WebLLM in this tab',
    provider: webLlm.name,
    refusal: async request =>
      find(request) === undefined ? notHere(request.model) : openAiDialect.refusal(webLlm, request),
    models: async () =>
      models.chosen.peek().map(name => ({ kind: 'whole', name, provider: webLlm.name }) as const),
    complete,
  };
}

/** One step for every hundredth, and for every stage. */
async function* loading(
  engine: WholeEngine,
  models: WholeParts['models'],
  name: string,
  signal: AbortSignal | undefined,
): AsyncGenerator<CompletionEvent, void, void> {
  const model = name.slice(wholePrefix.length);
  const now = new LiveValue<WholeProgress>({ share: 0 });
  let ended = false;
  const loaded = engine
    .load(model, ({ share, ...stage }) => now.set({ share: Math.floor(100 * share) / 100, ...stage }), signal)
    .finally(() => {
      ended = true;
      now.set(now.peek());
    });
  loaded.catch(() => {});
  let totalBytes: number | undefined;
  while (!ended) {
    const shown = now.peek();
    // The list of weights comes before the first of them.
    if (shown.stage) totalBytes ??= await sizeOf(models, name);
    yield { kind: 'step', step: stepOf(model, shown, totalBytes) };
    await until(now, ({ share, stage }) => ended || share !== shown.share || stage !== shown.stage);
  }
  try {
    await loaded;
  } catch (error) {
    const { reason, kind } = toError(error, 'router');
    if (signal?.aborted || kind === 'cancelled') throw new TabmeshError('cancelled', 'router', reason);
    throw new TabmeshError(
      kind,
      'router',
      `WebLLM could not load ${model}: ${reason} What was downloaded is kept; ask again to go on.`,
    );
  }
}

async function sizeOf(models: WholeParts['models'], name: string): Promise<number | undefined> {
  const weights = await models.fetches(name).catch(() => undefined);
  return weights?.exact ? weights.storedBytes + weights.bytes : undefined;
}

function stepOf(model: string, { share, stage }: WholeProgress, totalBytes: number | undefined): Step {
  const text =
    stage === 'download' ? `Downloading ${model} into this browser` : `Loading ${model} into this tab`;
  if (!stage || totalBytes === undefined)
    return { name: 'load', text: `${text}: ${Math.round(100 * share)} %` };
  return { name: 'load', text, done: Math.round(share * totalBytes), total: totalBytes, unit: 'bytes' };
}

const notHere = (model: string) =>
  new TabmeshError(
    'not-found',
    'router',
    `"${model.slice(0, 100)}" is not chosen to run whole in this tab. Choose it on the Models page.`,
  );
