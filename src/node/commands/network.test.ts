import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { generateKeyPair } from '@libp2p/crypto/keys';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { createLibp2pNetwork } from '../../network/libp2p/create-libp2p-network.ts';
import { startServer } from '../server.ts';
import { network as command } from './network.ts';

vi.setConfig({ testTimeout: 60_000 });

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tabmesh-network-'));
  vi.stubEnv('TABMESH_DATA', folder);
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await rm(folder, { recursive: true, force: true });
});

/** What it prints, of whom nothing may be a secret. */
async function network(values: Record<string, unknown> = {}) {
  const lines: string[] = [];
  const log = vi.spyOn(console, 'log').mockImplementation(line => void lines.push(line));
  try {
    await command.run({ json: true, ...values }, [], new AbortController().signal);
  } finally {
    log.mockRestore();
  }
  return values['json'] === false ? lines.join('\n') : JSON.parse(lines.join());
}

const startRelay = async () =>
  createLibp2pNetwork({
    privateKey: await generateKeyPair('Ed25519'),
    relays: [],
    listen: ['/ip4/127.0.0.1/tcp/0/ws'],
    relayServer: true,
    iceServers: [],
  });

test('a relay that was named is used from the next start, and others are told the place on it', async () => {
  const relay = await startRelay();
  const [address] = relay.addresses();
  expect(await network({ relays: address })).toEqual({ relays: [address] });
  const server = await startServer({
    host: '127.0.0.1',
    port: 0,
    dataFolder: folder,
    device: 'cpu',
    allowOrigins: [],
    allowMachines: false,
  });
  try {
    const told = () => server.peer.network.addresses();
    await vi.waitFor(
      () => expect(told()).toContainEqual(expect.stringContaining(`${relay.self}/p2p-circuit`)),
      { timeout: 15_000, interval: 50 },
    );
    const { port } = new URL(server.url);
    expect(told()).toContainEqual(expect.stringContaining(`/tcp/${port}/ws`));
    // The port that only this machine reaches is nobody else's matter.
    for (const each of told()) expect(each).toMatch(new RegExp(`p2p-circuit|/tcp/${port}/ws`));
  } finally {
    await server.close();
    await relay.stop();
  }
});

test('a file sets all that a tab can, shows no password, and is taken back', async () => {
  const turn = { urls: ['turn:turn.example:3478'], username: 'somebody', credential: 'password-1' };
  const path = join(folder, 'settings.json');
  await writeFile(path, JSON.stringify({ relays: [], iceServers: [turn] }));
  expect(await network({ file: path })).toEqual({ relays: [], iceServers: turn.urls });
  const shown = await network({ json: false });
  expect(shown).toContain(turn.urls[0]);
  expect(shown).not.toMatch(/somebody|password-1/);
  expect(await network({ clear: true })).toEqual({ relays: [] });
});

test.each([
  ['no relay', { relays: 'https://relay.example' }, /A relay looks like/],
  ['two at once', { relays: '', clear: true }, /one of/],
  ['a file that is not there', { file: 'missing.json' }, /no file missing.json/],
  ['a file that is no JSON', { file: 'README.md' }, /is no JSON/],
  ['a file of something else', { file: 'package.json' }, /./],
])('%s is refused in words, and nothing is set', async (_, values, words) => {
  await expect(network(values)).rejects.toThrow(words);
  expect(await network()).toEqual({ relays: [] });
});
