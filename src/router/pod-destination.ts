import type { ModelId } from '../base/brand.ts';
import { formatBytes } from '../base/bytes.ts';
import type { Clock } from '../base/clock.ts';
import { TabmeshError } from '../base/error.ts';
import { modelListMs } from '../base/limits.ts';
import type { Random } from '../base/random.ts';
import type { ModelLibrary } from '../model/library.ts';
import type { Pod, PodModel } from '../pod/pod.ts';
import { AnswerText } from './answer-text.ts';
import { describeRoute } from './describe-route.ts';
import type { Destination } from './destination.ts';
import type { Grammars } from './grammar/grammars.ts';
import { holdRequest } from './held-request.ts';
import { preparePrompt } from './prompt.ts';
import { type CompletionEvent, type CompletionRequest, type PodModelEntry, wantedModels } from './request.ts';
import { Stopwatch } from './stopwatch.ts';

export interface PodDestinationParts {
  readonly pod: Pick<Pod, 'state' | 'generate'>;
  readonly library: ModelLibrary;
  readonly grammars: Grammars;
  readonly clock: Clock;
  readonly random: Random;
}

/** The pod, or this device where nobody else is in it. Text becomes tokens here, so that no other member sees it. */
export function createPodDestination({
  pod,
  library,
  grammars,
  clock,
  random,
}: PodDestinationParts): Destination {
  const since = new Map<ModelId, number>();
  pod.state.subscribe(({ models }) => {
    const seconds = Math.floor(Date.now() / 1000);
    for (const { id } of models) if (!since.has(id)) since.set(id, seconds);
  });

  const find = (request: CompletionRequest): PodModel | TabmeshError => {
    const { models } = pod.state.peek();
    for (const name of wantedModels(request)) {
      const found = models.find(model => model.name === name) ?? models.find(model => model.id === name);
      if (found) return found;
    }
    const known = models.map(model => model.name).join(', ');
    const next = known ? `There is: ${known}.` : 'No model is open yet: open one in the page first.';
    const reason = `No model is called "${request.model.slice(0, 100)}" here. ${next}`;
    return new TabmeshError('not-found', 'router', reason);
  };

  const entry = async ({ id, name }: PodModel): Promise<PodModelEntry> => {
    const { model } = await library.open(id, AbortSignal.timeout(modelListMs));
    const { layers, context } = model.hyper;
    return { kind: 'pod', name, id, layers, context, bytes: model.fileBytes, since: since.get(id) ?? 0 };
  };

  async function* complete(
    request: CompletionRequest,
    signal?: AbortSignal,
  ): AsyncGenerator<CompletionEvent, void, void> {
    const watch = new Stopwatch(clock);
    const found = find(request);
    if (found instanceof TabmeshError) throw found;
    const open = await library.open(found.id, signal);
    const { tokens, maxTokens } = preparePrompt(open, request);
    const held = await holdRequest(open, request, tokens, grammars, signal);
    const text = new AnswerText(request, open.tokenizer, open.chat.calls, held.marks, random);
    let cachedTokens = 0;
    let reason: 'stop' | 'length' | 'tool-calls' | undefined;

    const generation = pod.generate(
      {
        model: found.id,
        prompt: tokens,
        maxTokens,
        sampling: request.sampling,
        likeliest: request.likeliest,
        steering: held.steering,
        endTokens: open.tokenizer.endTokens,
      },
      signal,
    );
    try {
      for await (const event of generation) {
        if (event.kind === 'step') yield event;
        else if (event.kind === 'route') {
          cachedTokens = event.cached;
          yield { kind: 'route', route: describeRoute(event.hops, pod.state.peek(), found.name) };
        } else if (event.kind === 'token') {
          watch.token();
          yield* text.push(event);
          if (text.stopped) break;
        } else reason = event.reason;
      }
    } finally {
      held.close();
    }
    yield* text.end();
    if (text.stopped) reason = 'stop';
    if (reason === 'stop' && text.called) reason = 'tool-calls';
    if (reason === undefined) {
      throw signal?.aborted
        ? new TabmeshError('cancelled', 'router', 'The answer was stopped.')
        : new TabmeshError('lost', 'router', 'The answer broke off before its end. Ask again.');
    }
    yield {
      kind: 'end',
      reason,
      ...(text.stop === undefined ? {} : { stop: text.stop }),
      usage: { promptTokens: tokens.length, cachedTokens, completionTokens: watch.tokens },
      timings: watch.timings(),
    };
  }

  const count = async (request: CompletionRequest, signal?: AbortSignal): Promise<number> => {
    const found = find(request);
    if (found instanceof TabmeshError) throw found;
    return preparePrompt(await library.open(found.id, signal), request).tokens.length;
  };

  const refusal = async (request: CompletionRequest): Promise<TabmeshError | undefined> => {
    const found = find(request);
    if (found instanceof TabmeshError) return found;
    const asked = request.constraints?.minMemoryBytes ?? 0;
    const lent = pod.state.peek().members.reduce((sum, { memoryBytes }) => sum + memoryBytes, 0);
    if (lent >= asked) return undefined;
    const reason = `Its members lend ${formatBytes(lent)} in all, and the request wants ${formatBytes(asked)}. Invite another device, or ask for less.`;
    return new TabmeshError('full', 'router', reason);
  };

  return {
    id: 'pod',
    kind: 'pod',
    name: 'the pod',
    refusal,
    models: async () => {
      // A model whose source does not answer now must not hide the others.
      const entries = await Promise.allSettled(pod.state.peek().models.map(entry));
      return entries.filter(result => result.status === 'fulfilled').map(result => result.value);
    },
    complete,
    count,
  };
}
