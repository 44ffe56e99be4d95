import { generateKeyPair } from '@libp2p/crypto/keys';
import { afterEach, expect, test, vi } from 'vitest';
import { relayReadersPerSubnet } from '../../base/limits.ts';
import { createLibp2pNetwork } from '../../network/libp2p/create-libp2p-network.ts';
import { trustedProxies } from './client-address.ts';
import { type RelayServer, type RelayServerOptions, startRelay } from './start-relay.ts';

vi.setConfig({ testTimeout: 60_000 });
const running: { close(): Promise<void> }[] = [];
afterEach(async () => {
  await Promise.all(running.splice(0).map(each => each.close()));
});

async function relayWith(options: Partial<RelayServerOptions> = {}): Promise<RelayServer> {
  const server = await startRelay({
    privateKey: await generateKeyPair('Ed25519'),
    host: '127.0.0.1',
    port: 0,
    trusted: trustedProxies([]),
    limits: { connections: 8, reservations: 8 },
    ...options,
  });
  running.push(server);
  return server;
}

async function peerOn(server: RelayServer) {
  const privateKey = await generateKeyPair('Ed25519');
  const peer = await createLibp2pNetwork({ privateKey, relays: server.addresses(), iceServers: [] });
  running.push({ close: () => peer.stop() });
  return peer;
}

type Peer = Awaited<ReturnType<typeof peerOn>>;
const patience = { timeout: 20_000, interval: 50 };
const holdsPlace = (peer: Peer) => peer.addresses().some(each => each.includes('/p2p-circuit/'));
const read = async (server: RelayServer, path: string) => {
  const response = await fetch(`http://127.0.0.1:${server.port}${path}`);
  return { status: response.status, text: await response.text() };
};
const metric = async (server: RelayServer, line: string) => {
  const { text } = await read(server, '/metrics');
  return Number(
    text
      .split('\n')
      .find(each => each.startsWith(`${line} `))
      ?.split(' ')[1],
  );
};

test('two peers meet over it, and its pages count them', async () => {
  const server = await relayWith();
  const [a, b] = [await peerOn(server), await peerOn(server)];
  await vi.waitFor(() => expect([holdsPlace(a), holdsPlace(b)]).toEqual([true, true]), patience);
  expect(await a.connect(b.addresses())).toBe(b.self);

  const { status, text } = await read(server, '/health');
  expect([status, JSON.parse(text)]).toEqual([
    200,
    expect.objectContaining({ status: 'ok', reservations: 2, addresses: server.addresses() }),
  ]);
  expect(await metric(server, 'tabmesh_relay_reservations')).toBe(2);
  expect(await metric(server, 'tabmesh_relay_accepted_total')).toBe(2);
  const page = await read(server, '/');
  expect(page.text).toContain(server.addresses()[0]);
  for (const each of [page.text, text, (await read(server, '/metrics')).text])
    expect(each).not.toContain(a.self);
  expect((await read(server, '/else')).status).toBe(404);

  // The place of one who has gone is free at once.
  await b.stop();
  await vi.waitFor(async () => expect(await metric(server, 'tabmesh_relay_reservations')).toBe(1), patience);
  await vi.waitFor(
    async () => expect(await metric(server, 'tabmesh_relay_bytes_total{direction="in"}')).toBeGreaterThan(0),
    patience,
  );
});

test('a subnet that has its share of places gets no more, until one of it goes', async () => {
  const server = await relayWith({ limits: { connections: 8, reservations: 1 } });
  const first = await peerOn(server);
  await vi.waitFor(() => expect(holdsPlace(first)).toBe(true), patience);
  const second = await peerOn(server);
  await vi.waitFor(
    async () => expect(await metric(server, 'tabmesh_relay_refused_total{what="place"}')).toBeGreaterThan(0),
    patience,
  );
  expect(holdsPlace(second)).toBe(false);
  await first.stop();
  await vi.waitFor(() => expect(holdsPlace(second)).toBe(true), { ...patience, timeout: 40_000 });
});

test('a subnet that has its share of connections is told to come later; what a stranger writes does not help', async () => {
  const server = await relayWith({ limits: { connections: 1, reservations: 8 } });
  const first = await peerOn(server);
  await vi.waitFor(() => expect(holdsPlace(first)).toBe(true), patience);
  expect(await upgrade(server, '203.0.113.9')).toContain('429');
  expect(await metric(server, 'tabmesh_relay_refused_total{what="connection"}')).toBe(1);
});

/** Sockets that say nothing. */
async function idle(server: RelayServer, count: number) {
  const { connect } = await import('node:net');
  const sockets = Array.from({ length: count }, () => connect(server.port, '127.0.0.1'));
  running.push({ close: async () => sockets.forEach(each => void each.destroy()) });
  await Promise.all(sockets.map(each => new Promise(resolve => each.once('connect', resolve))));
  return sockets;
}

test('who opens sockets and says nothing has its share of them as well, and what is closed is free again', async () => {
  const server = await relayWith({ limits: { connections: 1, reservations: 8 } });
  const sockets = await idle(server, 1 + relayReadersPerSubnet);
  await expect(read(server, '/health')).rejects.toThrow();
  // The client keeps a connection for each of several reads.
  for (const each of sockets.slice(0, 4)) each.destroy();
  await vi.waitFor(async () => expect((await read(server, '/health')).status).toBe(200), patience);
  expect(await metric(server, 'tabmesh_relay_refused_total{what="connection"}')).toBeGreaterThan(0);

  const behind = await relayWith({
    limits: { connections: 1, reservations: 8 },
    trusted: trustedProxies(['127.0.0.1']),
  });
  await idle(behind, 2 * (1 + relayReadersPerSubnet));
  expect((await read(behind, '/health')).status).toBe(200);
});

test('a relay that listens everywhere names addresses that lead to it, none that stands for all', async () => {
  const server = await relayWith({ host: '0.0.0.0' });
  const addresses = server.addresses();
  expect(addresses).toContainEqual(expect.stringContaining(`/ip4/127.0.0.1/tcp/${server.port}/ws/p2p/`));
  expect(addresses.filter(each => each.includes('/0.0.0.0/'))).toEqual([]);
  const peer = await peerOn(server);
  await vi.waitFor(() => expect(holdsPlace(peer)).toBe(true), patience);
});

test('behind a trusted proxy each client counts for its own subnet', async () => {
  const server = await relayWith({
    limits: { connections: 1, reservations: 8 },
    trusted: trustedProxies(['127.0.0.1']),
  });
  expect(await upgrade(server, '203.0.113.9')).toContain('101');
  expect(await upgrade(server, '203.0.113.10')).toContain('429');
  expect(await upgrade(server, '198.51.100.1')).toContain('101');
});

test('it announces what it is told to, and its end is seen at once', async () => {
  const server = await relayWith({ announce: ['/dns4/relay.example/tcp/443/tls/ws'] });
  expect(server.addresses()).toEqual([
    expect.stringMatching(/^\/dns4\/relay\.example\/tcp\/443\/tls\/ws\/p2p\//),
  ]);
  const local = await relayWith();
  const peer = await peerOn(local);
  await vi.waitFor(() => expect(holdsPlace(peer)).toBe(true), patience);
  await running.splice(running.indexOf(local), 1)[0]!.close();
  await vi.waitFor(() => expect(holdsPlace(peer)).toBe(false), patience);
  await expect(read(local, '/health')).rejects.toThrow();
});

/** The answer's first line to a WebSocket handshake that says where it comes from; the socket stays open. */
async function upgrade(server: RelayServer, from: string): Promise<string> {
  const { connect } = await import('node:net');
  const socket = connect(server.port, '127.0.0.1');
  running.push({ close: async () => void socket.destroy() });
  socket.write(
    `GET / HTTP/1.1\r\nHost: relay\r\nX-Forwarded-For: ${from}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n`,
  );
  return new Promise(resolve => socket.once('data', data => resolve(String(data).split('\r\n')[0]!)));
}
