/** A router of own keys alone, over the local providers, in Node. */
import { systemClock } from '../../src/base/clock.ts';
import { seededRandom } from '../../src/base/random.ts';
import { greedy } from '../../src/engine/stage.ts';
import { createOwnKeys, type OwnKeys } from '../../src/router/cloud/keys.ts';
import { createRouter } from '../../src/router/create-router.ts';
import type { CompletionEvent, CompletionRequest, Router } from '../../src/router/request.ts';
import { createMemoryStore } from '../../src/store/memory-store.ts';
import type { Store } from '../../src/store/store.ts';
import type { ProviderServer } from './provider-server.ts';

export interface CloudWorld extends OwnKeys {
  readonly router: Router;
  readonly store: Store;
}

export function cloudWorld(
  server: ProviderServer,
  store: Store = createMemoryStore(),
  key = memoryKey(),
): CloudWorld {
  const own = createOwnKeys({
    store,
    wrappingKey: () => key,
    providers: server.providers,
    clock: systemClock,
    fetch,
  });
  const router = createRouter({
    destinations: own.destinations,
    clock: systemClock,
    random: seededRandom(1),
  });
  return { ...own, router, store };
}

export const memoryKey = () =>
  crypto.subtle.generateKey({ name: 'AES-GCM', length: 256 }, false, ['encrypt', 'decrypt']);

export const ask = (model: string, more: Partial<CompletionRequest> = {}): CompletionRequest => ({
  model,
  messages: [
    { role: 'system', content: 'Be brief.' },
    { role: 'user', content: 'Count.' },
  ],
  sampling: { ...greedy, temperature: 1 },
  stop: [],
  ...more,
});

/** What came before it failed, and how. */
export async function answer(router: Router, request: CompletionRequest, signal?: AbortSignal) {
  const events: CompletionEvent[] = [];
  let error: unknown;
  try {
    for await (const event of router.complete(request, signal)) events.push(event);
  } catch (thrown) {
    error = thrown;
  }
  const text = events.map(event => (event.kind === 'text' ? event.text : '')).join('');
  const end = events.find(event => event.kind === 'end');
  const route = events.find(event => event.kind === 'route')?.route;
  return { text, end, route, error, events };
}
