import { generateKeyPair } from '@libp2p/crypto/keys';
import type { PrivateKey } from '@libp2p/interface';
import { noise } from '@libp2p/noise';
import { peerIdFromPrivateKey } from '@libp2p/peer-id';
import { webSockets } from '@libp2p/websockets';
import { yamux } from '@libp2p/yamux';
import { createLibp2p } from 'libp2p';
import { afterEach, expect, test, vi } from 'vitest';
import type { Channel, Network, Protocol } from '../network.ts';
import { createLibp2pNetwork } from './create-libp2p-network.ts';

const running: Network[] = [];
const started = <T extends Network>(network: T): T => {
  running.push(network);
  return network;
};
afterEach(async () => {
  await Promise.all(running.splice(0).map(network => network.stop()));
});

const startRelay = async (privateKey: PrivateKey, port: number): Promise<Network> => {
  const listen = [`/ip4/127.0.0.1/tcp/${port}/ws`];
  return started(
    await createLibp2pNetwork({ privateKey, relays: [], listen, relayServer: true, iceServers: [] }),
  );
};
const startPeer = async (relays: readonly string[]) =>
  started(
    await createLibp2pNetwork({ privateKey: await generateKeyPair('Ed25519'), relays, iceServers: [] }),
  );
const circuits = (network: Network) => network.addresses().filter(each => each.includes('/p2p-circuit/'));
const patience = { timeout: 15_000, interval: 50 };

test('a relay that is down at the start and restarts later is used each time', {
  timeout: 40_000,
}, async () => {
  const key = await generateKeyPair('Ed25519');
  const first = await startRelay(key, 0);
  const address = first.addresses()[0]!;
  const port = Number(/tcp\/(\d+)/.exec(address)![1]);
  await first.stop();

  const peer = await startPeer([address]);
  await vi.waitFor(() => expect(peer.status.peek()).toMatchObject({ kind: 'offline' }), patience);
  const second = await startRelay(key, port);
  await vi.waitFor(() => expect(peer.status.peek()).toEqual({ kind: 'relay-only' }), patience);
  expect(circuits(peer).length).toBeGreaterThan(0);

  await second.stop();
  await vi.waitFor(() => expect(circuits(peer)).toEqual([]), patience);
  await vi.waitFor(() => expect(peer.status.peek().kind).not.toBe('relay-only'), patience);
  await startRelay(key, port);
  await vi.waitFor(() => expect(circuits(peer).length).toBeGreaterThan(0), patience);
});

test('peers that only share a relay talk over it, and are shown as relayed', async () => {
  const relay = await startRelay(await generateKeyPair('Ed25519'), 0);
  const [a, b] = [await startPeer(relay.addresses()), await startPeer(relay.addresses())];
  const protocol: Protocol = { name: '/tabmesh/relayed/1', messageBytesMax: 16_384 };
  const accepted = Promise.withResolvers<Channel>();
  b.handle(protocol, accepted.resolve);
  await vi.waitFor(() => expect(circuits(b).length).toBeGreaterThan(0), patience);
  await a.connect(circuits(b));
  const near = await a.open(b.self, protocol);
  const far = await accepted.promise;
  // More than the 128 KiB that a relay allows by default.
  const sending = (async () => {
    for (let index = 0; index < 64; index++) await near.send(new Uint8Array(16_384).fill(index));
  })();
  const messages = far.messages[Symbol.asyncIterator]();
  for (let index = 0; index < 64; index++) expect((await messages.next()).value[16_383]).toBe(index);
  await sending;
  const shown = (network: Network, peer: Network) =>
    network.connections.peek().find(each => each.peer === peer.self)?.kind;
  expect([shown(a, b), shown(b, a)]).toEqual(['relayed', 'relayed']);
  expect(a.status.peek()).toEqual({ kind: 'relay-only' });
});

test('who came by the relay of another holds a place there, also after that relay was away', {
  timeout: 40_000,
}, async () => {
  const key = await generateKeyPair('Ed25519');
  const relay = await startRelay(key, 0);
  const port = Number(/tcp\/(\d+)/.exec(relay.addresses()[0]!)![1]);
  const inviter = await startPeer(relay.addresses());
  await vi.waitFor(() => expect(circuits(inviter).length).toBeGreaterThan(0), patience);
  const guest = await startPeer([]);
  expect(guest.status.peek()).toEqual({ kind: 'offline', reason: 'No relay is known.' });
  await guest.connect(circuits(inviter));
  await vi.waitFor(() => expect(circuits(guest).length).toBeGreaterThan(0), patience);
  const late = await startPeer([]);
  expect(await late.connect(circuits(guest))).toBe(guest.self);

  await relay.stop();
  await vi.waitFor(() => expect(circuits(guest)).toEqual([]), patience);
  await startRelay(key, port);
  await vi.waitFor(() => expect(circuits(guest).length).toBeGreaterThan(0), patience);
});

test('of three relays two hold a place; when one dies the third takes over', {
  timeout: 40_000,
}, async () => {
  const relays = await Promise.all(
    [0, 1, 2].map(async () => startRelay(await generateKeyPair('Ed25519'), 0)),
  );
  const peer = await startPeer(relays.map(relay => relay.addresses()[0]!));
  const holding = () => relays.filter(relay => circuits(peer).some(each => each.includes(relay.self)));
  await vi.waitFor(() => expect(holding()).toHaveLength(2), patience);
  const told = () => peer.relays.peek().flatMap(each => (each.state === 'reserved' ? [each.peer] : []));
  await vi.waitFor(
    () =>
      expect(told().sort()).toEqual(
        holding()
          .map(({ self }) => self)
          .sort(),
      ),
    patience,
  );
  const [first] = holding();
  await first!.stop();
  await vi.waitFor(() => {
    expect(holding()).toHaveLength(2);
    expect(holding()).not.toContain(first);
  }, patience);
});

test('other relays can be named while it runs', { timeout: 40_000 }, async () => {
  const [one, two] = [
    await startRelay(await generateKeyPair('Ed25519'), 0),
    await startRelay(await generateKeyPair('Ed25519'), 0),
  ];
  const peer = await startPeer([]);
  peer.configure({ relays: one.addresses(), iceServers: [] });
  await vi.waitFor(() => expect(circuits(peer).some(each => each.includes(one.self))).toBe(true), patience);
  peer.configure({ relays: two.addresses(), iceServers: [] });
  await vi.waitFor(() => expect(circuits(peer).some(each => each.includes(two.self))).toBe(true), patience);
  expect(() => peer.configure({ relays: ['nonsense'], iceServers: [] })).toThrow(
    expect.objectContaining({ kind: 'invalid' }),
  );
});

test('a wrong relay address is refused at once; a relay of another key is never used', async () => {
  await expect(startPeer(['/ip4/127.0.0.1/tcp/1/ws'])).rejects.toMatchObject({ kind: 'invalid' });
  const relay = await startRelay(await generateKeyPair('Ed25519'), 0);
  const other = peerIdFromPrivateKey(await generateKeyPair('Ed25519')).toString();
  const peer = await startPeer([relay.addresses()[0]!.replace(relay.self, other)]);
  await vi.waitFor(() => expect(peer.status.peek()).toMatchObject({ kind: 'offline' }), patience);
  expect(peer.addresses()).toEqual([]);
});

test('a relay that closes every connection is not dialled without a pause', { timeout: 20_000 }, async () => {
  const privateKey = await generateKeyPair('Ed25519');
  const relay = await createLibp2p({
    privateKey,
    addresses: { listen: ['/ip4/127.0.0.1/tcp/0/ws'] },
    transports: [webSockets()],
    connectionEncrypters: [noise()],
    streamMuxers: [yamux()],
  });
  let accepted = 0;
  relay.addEventListener('connection:open', event => {
    accepted += 1;
    setTimeout(() => event.detail.close(), 100);
  });
  await startPeer(relay.getMultiaddrs().map(String));
  await vi.waitFor(() => expect(accepted).toBeGreaterThan(1), patience);
  await new Promise(resolve => setTimeout(resolve, 3000));
  expect(accepted).toBeLessThan(8);
  await relay.stop();
});

test('an address that is taken is said, not swallowed', async () => {
  const first = await startRelay(await generateKeyPair('Ed25519'), 0);
  const port = Number(/tcp\/(\d+)/.exec(first.addresses()[0]!)![1]);
  await expect(startRelay(await generateKeyPair('Ed25519'), port)).rejects.toMatchObject({
    kind: 'unavailable',
    reason: expect.stringContaining(`/tcp/${port}/ws`),
  });
});
