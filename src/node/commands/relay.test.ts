/** The command as a shell runs it: what it prints, answers and how it ends. The relay itself: relay/start-relay.test.ts. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { request } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { testCertificate } from '../../../tests/test-certificate.ts';
import { relay } from './relay.ts';

// A process takes seconds to start where others compute.
vi.setConfig({ testTimeout: 60_000 });

let folder: string;
const ends: (() => unknown)[] = [];
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tabmesh-relay-'));
});
afterEach(async () => {
  vi.restoreAllMocks();
  for (const end of ends.splice(0)) await end();
  await rm(folder, { recursive: true, force: true });
});
const data = () => join(folder, 'data');

interface Started {
  readonly peer: string;
  readonly port: number;
  readonly addresses: readonly string[];
  /** Resolves to the exit code. */
  stop(): Promise<number>;
}

/** In a process of its own. */
async function spawned(): Promise<Started> {
  const args = ['src/node/cli.ts', 'relay', '--json', '--port', '0', '--data', data()];
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  ends.push(() => child.kill('SIGKILL'));
  const [line] = await once(createInterface({ input: child.stdout }), 'line');
  const stop = async () => {
    child.kill('SIGTERM');
    return (await once(child, 'exit'))[0];
  };
  return { ...JSON.parse(line), stop };
}

/** In this one, which is faster. */
async function started(values: Record<string, unknown> = {}): Promise<Started> {
  const told = Promise.withResolvers<string>();
  vi.spyOn(console, 'log').mockImplementation(told.resolve);
  const ending = new AbortController();
  const code = relay.run({ json: true, port: '0', data: data(), ...values }, [], ending.signal);
  const stop = async () => {
    ending.abort();
    return (await code)!;
  };
  ends.push(() => stop().catch(() => {}));
  return { ...JSON.parse(await Promise.race([told.promise, code.then(() => '{}')])), stop };
}

test('it prints its address, answers there, ends well when it is told to, and is the same peer at its next start', async () => {
  const first = await spawned();
  expect(first.addresses).toEqual([`/ip4/127.0.0.1/tcp/${first.port}/ws/p2p/${first.peer}`]);
  const health = await fetch(`http://127.0.0.1:${first.port}/health`);
  expect([health.status, await health.json()]).toEqual([
    200,
    expect.objectContaining({ status: 'ok', addresses: first.addresses }),
  ]);
  const held = new WebSocket(`ws://127.0.0.1:${first.port}`);
  await once(held, 'open');
  expect(await first.stop()).toBe(0);
  await expect(fetch(`http://127.0.0.1:${first.port}/health`)).rejects.toThrow();

  const again = await started();
  expect(again.peer).toBe(first.peer);
  expect(await again.stop()).toBe(0);
});

test('with a certificate, an address of its own and a trusted proxy it speaks TLS, announces that and counts whom the proxy names', async () => {
  const tls = testCertificate();
  const [cert, key] = [join(folder, 'cert.pem'), join(folder, 'key.pem')];
  await writeFile(cert, tls.cert);
  await writeFile(key, tls.key);
  const announced = '/dns4/relay.example.org/tcp/443/tls/ws';
  const { peer, port, addresses, stop } = await started({
    cert,
    key,
    announce: [announced],
    'trust-proxy': ['127.0.0.0/8'],
    'per-subnet': '1',
  });
  expect(addresses).toEqual([`${announced}/p2p/${peer}`]);
  const connect = (client: string) =>
    new Promise<number | undefined>((resolve, reject) => {
      const headers = {
        connection: 'Upgrade',
        upgrade: 'websocket',
        'sec-websocket-version': '13',
        'sec-websocket-key': 'AAAAAAAAAAAAAAAAAAAAAA==',
        'x-forwarded-for': client,
      };
      // The certificate is for another name, and nobody's.
      const asked = request({ port, rejectUnauthorized: false, headers });
      asked.on('error', reject);
      asked.on('response', ({ statusCode }) => resolve(statusCode));
      asked.on('upgrade', ({ statusCode }) => resolve(statusCode));
      asked.end();
    });
  expect([await connect('203.0.113.1'), await connect('198.51.100.1')]).toEqual([101, 101]);
  expect(await connect('203.0.113.1')).toBe(429);
  expect(await stop()).toBe(0);
});

test.skipIf(process.platform !== 'linux' || process.arch !== 'x64')(
  'with WebTransport its address tells two certificates, the same ones at its next start',
  async () => {
    const announced = '/ip4/203.0.113.7/udp/4433/quic-v1/webtransport';
    const first = await started({ webtransport: '0', announce: [announced] });
    const [address] = first.addresses;
    expect(first.addresses).toHaveLength(1);
    expect(address).toMatch(new RegExp(`^${announced}(/certhash/uEi[\\w-]{44}){2}/p2p/${first.peer}$`));
    expect(await first.stop()).toBe(0);
    const again = await started({ webtransport: '0', announce: [announced] });
    expect(again.addresses).toEqual([address]);
    expect(await again.stop()).toBe(0);

    const own = await started({ webtransport: '0' });
    expect(own.addresses).toEqual([
      `/ip4/127.0.0.1/tcp/${own.port}/ws/p2p/${own.peer}`,
      expect.stringMatching(
        /^\/ip4\/127\.0\.0\.1\/udp\/[1-9]\d*\/quic-v1\/webtransport\/certhash\/uEi.*\/certhash\/uEi/,
      ),
    ]);
    expect(await own.stop()).toBe(0);
  },
);

test.each<[string, Record<string, unknown>, string, string]>([
  ['a certificate without its key', { cert: 'cert.pem' }, 'invalid', 'needs both --cert FILE and --key FILE'],
  [
    'a certificate that is not there',
    { cert: 'no.pem', key: 'no.pem' },
    'not-found',
    'no.pem cannot be read',
  ],
  [
    'a proxy that is no network',
    { 'trust-proxy': ['everybody'] },
    'invalid',
    '--trust-proxy takes an address',
  ],
  ['an address that is none', { announce: ['relay.example.org'] }, 'invalid', 'relay.example.org'],
  ['a port that is none', { port: '70000' }, 'invalid', '--port'],
  ['a UDP port that is none', { webtransport: 'any' }, 'invalid', '--webtransport'],
  [
    'WebTransport of which no address would tell',
    { webtransport: '0', announce: ['/dns4/relay.example.org/tcp/443/tls/ws'] },
    'invalid',
    'name its address, too',
  ],
])('%s is refused in words, and nothing runs', async (_, values, kind, words) => {
  await expect(started(values)).rejects.toMatchObject({ kind, reason: expect.stringContaining(words) });
});

test('it takes no file', async () => {
  await expect(relay.run({}, ['model.gguf'], AbortSignal.abort())).rejects.toMatchObject({ kind: 'invalid' });
});
