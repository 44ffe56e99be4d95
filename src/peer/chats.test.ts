import { expect, test } from 'vitest';
import { chatCharactersMax, chatsMax } from '../base/limits.ts';
import { seededRandom } from '../base/random.ts';
import { createMemoryStore } from '../store/memory-store.ts';
import { StoredChats } from './chats.ts';
import { decodeChat, encodeChat, exportChats, parseExport, type StoredChat } from './stored-chat.ts';

const exchange = (id: string, parent?: string) => ({
  id,
  ...(parent === undefined ? {} : { parent }),
  question: `question ${id}`,
  answer: `answer ${id}`,
  model: 'guide',
  phase: 'done' as const,
  layers: 6,
  interruptions: [],
});

const chat = (id: string, updatedAt = 1, exchanges = [exchange('a'), exchange('b', 'a')]): StoredChat => ({
  id,
  title: `chat ${id}`,
  createdAt: 1,
  updatedAt,
  system: '',
  exchanges,
  leaf: 'b',
});

test('chats come back as they were kept, the latest first, and go when deleted', async () => {
  const chats = new StoredChats(createMemoryStore());
  await chats.put(chat('one', 5));
  await chats.put(chat('two', 9));
  expect((await chats.all()).map(({ id }) => id)).toEqual(['two', 'one']);
  expect(await chats.get('one')).toEqual(chat('one', 5));
  await chats.delete('two');
  expect((await chats.all()).map(({ id }) => id)).toEqual(['one']);
});

test('two tabs that go on in one chat lose nothing of each other', async () => {
  const store = createMemoryStore();
  const [left, right] = [new StoredChats(store), new StoredChats(store)];
  await left.put(chat('one'));
  await left.put(chat('one', 2, [exchange('a'), exchange('b', 'a'), exchange('left', 'b')]));
  await right.put(chat('one', 3, [exchange('a'), exchange('b', 'a'), exchange('right', 'b')]));
  const kept = await left.get('one');
  expect(kept?.exchanges.map(({ id }) => id)).toEqual(['a', 'b', 'right', 'left']);
});

test('what is no chat is left out and does not hide the others', async () => {
  const store = createMemoryStore();
  const chats = new StoredChats(store);
  await chats.put(chat('good'));
  await store.put('chats', 'bad', new TextEncoder().encode('{"id":7'));
  expect((await chats.all()).map(({ id }) => id)).toEqual(['good']);
});

test('an export is read again, and anything else is refused whole', () => {
  const text = exportChats([chat('one'), chat('two')]);
  expect(parseExport(text)).toEqual([chat('one'), chat('two')]);
  const circle = [exchange('a', 'b'), exchange('b', 'a')];
  for (const bad of [
    '',
    'null',
    '[]',
    '{"tabmesh":"chats/2","chats":[]}',
    exportChats([chat('../etc')]),
    exportChats([chat('one', 1, circle)]),
    exportChats([{ ...chat('one'), leaf: 'gone' }]),
  ]) {
    expect(() => parseExport(bad), bad.slice(0, 60)).toThrow(/Nothing was changed/);
  }
});

test('bytes from anywhere are a chat or nothing', () => {
  const random = seededRandom(3);
  const bytes = encodeChat(chat('one'));
  for (let round = 0; round < 500; round++) {
    const mutated = bytes.slice();
    for (let at = 0; at < 3; at++)
      mutated[Math.floor(random.next() * mutated.length)] = Math.floor(random.next() * 256);
    const decoded = decodeChat(mutated);
    if (decoded) expect(decodeChat(encodeChat(decoded))).toEqual(decoded);
  }
});

test('beyond the limit a new chat is refused and the kept ones can go on', async () => {
  const store = createMemoryStore();
  const chats = new StoredChats(store);
  for (let index = 0; index < chatsMax; index++)
    await store.put('chats', `c${index}`, encodeChat(chat(`c${index}`)));
  await expect(chats.put(chat('one-more'))).rejects.toThrow(/Export and delete/);
  await chats.put(chat('c7', 99));
  expect((await chats.get('c7'))?.updatedAt).toBe(99);
});

test('a chat that could not be read again is not put over what was kept of it', async () => {
  const chats = new StoredChats(createMemoryStore());
  await chats.put(chat('one'));
  const long = { ...exchange('c', 'b'), question: 'x'.repeat(chatCharactersMax + 1) };
  const more = chat('one', 2, [exchange('a'), exchange('b', 'a'), long]);
  await expect(chats.put(more)).rejects.toMatchObject({ kind: 'full', origin: 'store' });
  expect(await chats.get('one')).toEqual(chat('one'));
});
