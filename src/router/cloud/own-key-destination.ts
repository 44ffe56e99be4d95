import type { Clock } from '../../base/clock.ts';
import { TabmeshError } from '../../base/error.ts';
import { CallCount } from '../call-count.ts';
import type { Destination } from '../destination.ts';
import { type CompletionEvent, type CompletionRequest, wantedModels } from '../request.ts';
import { Stopwatch } from '../stopwatch.ts';
import type { Finish } from './dialect.ts';
import { dialectOf } from './dialects.ts';
import type { HeldKey, Keyring } from './keyring.ts';
import type { ModelLists } from './model-lists.ts';
import { serverEvents } from './server-events.ts';

export interface OwnKeyParts {
  readonly key: HeldKey;
  readonly keyring: Pick<Keyring, 'send'>;
  readonly lists: ModelLists;
  readonly clock: Clock;
}

/** A provider, asked from this peer with the key of this peer's owner. It reads the whole conversation. */
export function createOwnKeyDestination({ key, keyring, lists, clock }: OwnKeyParts): Destination {
  const { provider } = key;
  const dialect = dialectOf(provider);
  const prefix = `${provider.id}/`;
  const find = (request: CompletionRequest): string | undefined =>
    wantedModels(request)
      .find(name => name.startsWith(prefix) && name.length > prefix.length)
      ?.slice(prefix.length);

  async function* complete(
    request: CompletionRequest,
    signal?: AbortSignal,
  ): AsyncGenerator<CompletionEvent, void, void> {
    const watch = new Stopwatch(clock);
    const model = find(request);
    if (model === undefined) throw notHere(request.model, prefix);
    yield { kind: 'step', step: { name: 'peers', text: `Asking ${provider.name}.` } };
    const body = dialect.body(provider, model, request);
    const response = await keyring.send(provider, dialect.path, { body, signal });
    const reason = `With your key: ${model} is a model of ${provider.name}.`;
    yield { kind: 'route', route: { kind: 'own-key', hops: [], provider: provider.name, reason } };
    const usage = { promptTokens: 0, cachedTokens: 0, completionTokens: 0 };
    let finish: { readonly reason: Finish; readonly stop?: string } | undefined;
    const calls = new CallCount();
    for await (const event of serverEvents(response.body, clock, signal)) {
      for (const part of dialect.read(provider, event)) {
        if (part.kind === 'usage') Object.assign(usage, part.usage);
        else if (part.kind === 'finish') finish = part;
        else {
          watch.token();
          if (part.kind === 'text') yield part;
          else yield* calls.take(part);
        }
      }
    }
    if (finish === undefined) throw cutOff(provider.name);
    yield* calls.end();
    const completionTokens = usage.completionTokens || watch.tokens;
    yield {
      kind: 'end',
      reason: finish.reason,
      ...(finish.stop === undefined ? {} : { stop: finish.stop }),
      usage: { ...usage, completionTokens },
      timings: watch.timings(completionTokens),
    };
  }

  return {
    id: `own-key ${provider.id} ${key.revision}`,
    kind: 'own-key',
    name: `${provider.name} with your key`,
    provider: provider.name,
    refusal: async request =>
      find(request) === undefined ? notHere(request.model, prefix) : dialect.refusal(provider, request),
    models: async () => {
      // A provider that does not tell them now must not hide the others.
      const names = await lists.of(key).catch(() => []);
      return names.map(name => ({ kind: 'own-key', name: prefix + name, provider: provider.name }));
    },
    complete,
  };
}

const notHere = (model: string, prefix: string) =>
  new TabmeshError(
    'not-found',
    'router',
    `Its models are asked for as "${prefix}NAME", and "${model.slice(0, 100)}" is none of them.`,
  );

const cutOff = (name: string) =>
  new TabmeshError(
    'lost',
    'router',
    `${name} broke off in the middle of the answer. The text so far is kept; ask again for the rest.`,
  );
