import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { fetchBootstrap, relayAddress } from '../peer/bootstrap.ts';
import { type Server, startServer } from './server.ts';

// A whole process starts, with two workers: seconds where the machine is busy.
vi.setConfig({ testTimeout: 60_000 });

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tabmesh-server-'));
});
afterAll(() => rm(folder, { recursive: true }));

const start = (host: string): Promise<Server> =>
  startServer({ host, port: 0, dataFolder: folder, device: 'cpu', allowOrigins: [], allowMachines: false });

test.each([
  ['127.0.0.1', '/ip4/127.0.0.1/'],
  ['::1', '/ip6/::1/'],
  ['localhost', '/dns4/localhost/'],
])('it answers at HOST=%s and says so to others', async (host, begins) => {
  const server = await start(host);
  try {
    const { port } = new URL(server.url);
    expect(server.peer.network.addresses()).toContainEqual(
      expect.stringContaining(`${begins}tcp/${port}/ws`),
    );
    const bootstrap = await fetchBootstrap(new URL(server.url));
    expect(bootstrap).toEqual({
      peer: server.peer.id,
      invite: expect.stringContaining('#join='),
      dataFolder: folder,
    });
    // As a proxy on this machine passes a visitor of another one on.
    const far = await fetch(`${server.url}tabmesh.json`, { headers: { 'x-forwarded-for': '203.0.113.7' } });
    expect(await far.json()).toEqual({ peer: server.peer.id });
    expect(relayAddress(new URL(server.url), server.peer.id)).toContain(`/tcp/${port}/ws/p2p/`);
  } finally {
    await server.close();
  }
});

test.each(['203.0.113.7', 'no such host', 'a/b'])('HOST=%s is refused in words', async host => {
  await expect(start(host)).rejects.toMatchObject({
    kind: 'invalid',
    reason: expect.stringMatching(/^Cannot listen on .*HOST must be an address of this machine\.$/),
  });
});
