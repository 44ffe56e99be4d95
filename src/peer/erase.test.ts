import { expect, test } from 'vitest';
import { LiveValue } from '../base/live.ts';
import { createMemoryStore } from '../store/memory-store.ts';
import { tables } from '../store/store.ts';
import { StoredChats } from './chats.ts';
import { type Erasable, erase } from './erase.ts';
import { StoredModels } from './stored-models.ts';

async function filled() {
  const store = createMemoryStore();
  for (const table of tables) await store.put(table, 'unknown', new Uint8Array(3));
  await store.put('documents', 'response/resp_1', new Uint8Array(3));
  const chunk = `${'a'.repeat(32)}/${'b'.repeat(16)}/0-3.${'c'.repeat(64)}.source`;
  await store.put('slices', chunk, new Uint8Array(3));
  const chats = new StoredChats(store);
  await chats.put({ id: 'chat', title: 't', createdAt: 1, updatedAt: 1, system: '', exchanges: [] });
  const providers = ['own', 'other'].map(id => ({
    id,
    name: id,
    baseUrl: '',
    signIn: false,
    held: id === 'own',
  }));
  const gone: string[] = [];
  const keys = {
    providers: new LiveValue(providers),
    remove: async (id: string) => void gone.push(`key of ${id}`),
  };
  const downloads = {
    list: new LiveValue([]),
    cancel: async (id: string) => void gone.push(`download of ${id}`),
  };
  const whole = {
    chosen: new LiveValue(['web-llm/a', 'web-llm/b']),
    drop: async (name: string) => {
      gone.push(`weights of ${name}`);
      whole.chosen.update(chosen => chosen.filter(each => each !== name));
    },
  };
  return { parts: { store, chats, keys, downloads, stored: new StoredModels(store, () => 1), whole }, gone };
}

const wholes = ['weights of web-llm/a', 'weights of web-llm/b'];

test.each<[Erasable, Record<(typeof tables)[number], number>, string[]]>([
  ['keys', { slices: 2, keys: 1, settings: 1, chats: 2, documents: 2 }, ['key of own']],
  ['chats', { slices: 2, keys: 1, settings: 1, chats: 1, documents: 1 }, []],
  ['models', { slices: 1, keys: 1, settings: 1, chats: 2, documents: 2 }, wholes],
  ['everything', { slices: 0, keys: 0, settings: 0, chats: 0, documents: 0 }, ['key of own', ...wholes]],
])('%s goes, and nothing else', async (what, left, without) => {
  const { parts, gone } = await filled();
  await erase(what, parts);
  const counts = tables.map(async table => [table, (await parts.store.keys(table)).length]);
  expect(Object.fromEntries(await Promise.all(counts))).toEqual(left);
  expect(gone).toEqual(without);
});
