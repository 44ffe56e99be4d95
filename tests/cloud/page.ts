/** Own keys in a real page: tests/e2e/own-keys.e2e.ts calls `window.cloud`. */
import { systemClock } from '../../src/base/clock.ts';
import { toRecord } from '../../src/base/error.ts';
import { systemRandom } from '../../src/base/random.ts';
import { createOwnKeys } from '../../src/router/cloud/keys.ts';
import type { Provider } from '../../src/router/cloud/providers.ts';
import { createRouter } from '../../src/router/create-router.ts';
import { openIdbStore } from '../../src/store/idb-store.ts';
import { browserWrappingKey } from '../../src/store/wrapping-key.ts';

const cloud = {
  async open(providers: readonly Provider[]) {
    const store = await openIdbStore();
    const own = createOwnKeys({
      store,
      wrappingKey: browserWrappingKey,
      providers,
      clock: systemClock,
      fetch: (...request) => fetch(...request),
    });
    const router = createRouter({ destinations: own.destinations, clock: systemClock, random: systemRandom });
    return {
      set: (id: string, key: string, url?: string) => own.keys.set(id, key, url),
      test: (id: string) =>
        own.keys.test(id).then(
          () => undefined,
          error => toRecord(error, 'app'),
        ),
      /** The text, or what went wrong. */
      async ask(model: string) {
        const sampling = { temperature: 1, topK: 0, topP: 1, minP: 0, seed: 0 };
        const messages = [{ role: 'user', content: 'Count.' }] as const;
        let text = '';
        try {
          for await (const event of router.complete({ model, messages, sampling, stop: [] }))
            if (event.kind === 'text') text += event.text;
          return { text };
        } catch (error) {
          return { text, error: toRecord(error, 'app') };
        }
      },
      /** Everything that IndexedDB holds for this page, as text, and whether the wrapping key can be read out. */
      async stored() {
        const key = await browserWrappingKey();
        const exported = await crypto.subtle.exportKey('raw', key).then(
          () => 'read out',
          error => error.name,
        );
        const decoder = new TextDecoder();
        const names = await store.keys('keys');
        const entries = await Promise.all(names.map(name => store.get('keys', name)));
        return {
          exported,
          extractable: key.extractable,
          text: entries.map(each => decoder.decode(each)).join(),
        };
      },
    };
  },
};

export type Cloud = Awaited<ReturnType<typeof cloud.open>>;
declare global {
  interface Window {
    openCloud: typeof cloud.open;
    cloud: Cloud;
  }
}
window.openCloud = cloud.open;
