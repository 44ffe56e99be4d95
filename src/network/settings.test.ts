import { expect, test } from 'vitest';
import { seededRandom } from '../base/random.ts';
import { createMemoryStore } from '../store/memory-store.ts';
import { type NetworkSettings, noSettings, openSettings } from './settings.ts';

const peer = '12D3KooWGRUVh7WTcgVgWJcYEXLqVGyjbVDAKjVLcbpnNkmqKZ4v';
const relay = `/dns4/relay.example/tcp/443/tls/ws/p2p/${peer}`;
const turn = { urls: ['turn:turn.example:3478?transport=udp'], username: 'me', credential: 'secret' };

test('what was set is there after a reload, and is told', async () => {
  const store = createMemoryStore();
  const settings = await openSettings(store);
  const seen: NetworkSettings[] = [];
  settings.subscribe(value => seen.push(value));
  const wanted = { relays: [relay], iceServers: [{ urls: ['stun:stun.example:3478'] }, turn] };
  await settings.change(() => wanted);
  expect(seen).toEqual([noSettings, wanted]);
  expect((await openSettings(store)).peek()).toEqual(wanted);
  await settings.change(() => ({ relays: [] }));
  expect((await openSettings(store)).peek()).toEqual({ relays: [] });
});

test('two changes at once are both kept, and one refused between them changes nothing', async () => {
  const store = createMemoryStore();
  const settings = await openSettings(store);
  const iceServers = [{ urls: ['stun:stun.example:3478'] }];
  await settings.change(() => ({ relays: [relay], iceServers }));
  const changes = [
    settings.change(now => ({ ...now, relays: [] })),
    settings.change(now => ({ ...now, relays: ['none'] })).catch(error => error.kind),
    settings.change(now => ({ ...now, iceServers: [...(now.iceServers ?? []), turn] })),
  ];
  expect((await Promise.all(changes))[1]).toBe('invalid');
  const both = { relays: [], iceServers: [...iceServers, turn] };
  expect(settings.peek()).toEqual(both);
  expect((await openSettings(store)).peek()).toEqual(both);
});

test.each<[string, unknown, RegExp]>([
  ['a relay that is a URL', { relays: ['wss://relay.example'] }, /relay looks like/],
  ['a relay of nobody', { relays: ['/dns4/relay.example/tcp/443/tls/ws'] }, /relay looks like/],
  ['a relay without a transport', { relays: [`/ip4/127.0.0.1/udp/1/p2p/${peer}`] }, /relay looks like/],
  ['a relay behind a relay', { relays: [`${relay}/p2p-circuit/p2p/${peer}`] }, /relay looks like/],
  ['too many relays', { relays: Array<string>(9).fill(relay) }, /At most 8/],
  [
    'a web address as ICE server',
    { relays: [], iceServers: [{ urls: ['https://x.example'] }] },
    /ICE server looks like/,
  ],
  ['TURN without a password', { relays: [], iceServers: [{ urls: turn.urls }] }, /needs a user name/],
  ['too many ICE servers', { relays: [], iceServers: Array(9).fill(turn) }, /At most 8/],
  ['something else', { relays: [], more: 1 }, /./],
  ['nothing', undefined, /./],
])('%s is refused in words, and nothing has changed', async (_, wrong, words) => {
  const settings = await openSettings(createMemoryStore());
  await settings.change(() => ({ relays: [relay] }));
  await expect(settings.change(() => wrong as NetworkSettings)).rejects.toMatchObject({
    kind: 'invalid',
    origin: 'network',
    reason: expect.stringMatching(words),
  });
  expect(settings.peek()).toEqual({ relays: [relay] });
});

test('garbage in the store counts as not set', async () => {
  const random = seededRandom(4);
  for (let round = 0; round < 50; round++) {
    const store = createMemoryStore();
    await store.put('settings', 'network', random.bytes(round));
    expect((await openSettings(store)).peek()).toEqual(noSettings);
  }
});
