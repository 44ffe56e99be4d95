import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import { httpSource } from '../model/http-source.ts';
import { foreignFetch, guardedFetch, isPublicAddress } from './foreign-fetch.ts';

const servers: Server[] = [];
async function serve(host: string, answer: RequestListener): Promise<number> {
  const server = createServer(answer);
  servers.push(server);
  await new Promise<void>(resolve => server.listen(0, host, resolve));
  return (server.address() as AddressInfo).port;
}
afterEach(() => {
  for (const server of servers.splice(0)) {
    server.close();
    server.closeAllConnections();
  }
});

test.each([
  ['0.0.0.0', '10.1.2.3', '100.64.0.1', '127.0.0.1', '127.8.9.1', '169.254.169.254', '172.31.255.255'],
  ['192.168.0.1', '198.18.0.1', '224.0.0.1', '240.0.0.1', '255.255.255.255'],
  ['::', '::1', 'fe80::1', 'fe80::1%lo', 'fd00::1', 'ff02::1', '::127.0.0.1', '64:ff9b::7f00:1'],
  ['::ffff:127.0.0.1', '::ffff:7f00:1', '::FFFF:10.0.0.1', '0:0:0:0:0:ffff:a9fe:a9fe'],
  ['2002:7f00:1::', '2001:0:7f00:1::', '2001:db8::1', 'localhost', ''],
])('these are not public: %s %s %s ...', (...addresses) => {
  for (const address of addresses)
    expect({ address, public: isPublicAddress(address) }).toEqual({ address, public: false });
});

test('these are public', () => {
  for (const address of ['1.1.1.1', '172.32.0.1', '100.128.0.1', '2606:4700::1111'])
    expect({ address, public: isPublicAddress(address) }).toEqual({ address, public: true });
});

test('what is on this machine is not asked, however it is written', async () => {
  let asked = 0;
  const port = await serve('127.0.0.1', (_, response) => {
    asked++;
    response.end('secret');
  });
  for (const host of ['127.0.0.1', 'localhost', '2130706433', '0x7f.1', '[::ffff:127.0.0.1]', '0.0.0.0'])
    await expect(foreignFetch(`http://${host}:${port}/`)).rejects.toMatchObject({
      kind: 'denied',
      reason: expect.stringMatching(/public address/),
    });
  expect(asked).toBe(0);
});

test('a redirect is followed to what is open only', async () => {
  let asked = 0;
  const secret = await serve('127.0.0.2', (_, response) => {
    asked++;
    response.end('secret');
  });
  const port = await serve('127.0.0.1', (request, response) => {
    const location = decodeURIComponent(request.url!.slice(1));
    if (location === '') response.end('open');
    else response.writeHead(302, { location }).end();
  });
  const fetch = guardedFetch(address => address === '127.0.0.1');
  const through = (location: string) => fetch(`http://127.0.0.1:${port}/${encodeURIComponent(location)}`);
  expect(await (await through('/')).text()).toBe('open');
  for (const location of [`http://127.0.0.2:${secret}/`, `http://[::ffff:127.0.0.2]:${secret}/`])
    await expect(through(location)).rejects.toMatchObject({ kind: 'denied' });
  expect(asked).toBe(0);
});

test('a name is refused where it leads to nothing open, and connected to what was checked', async () => {
  const port = await serve('127.0.0.1', (_, response) => void response.end('open'));
  const ask = (isOpen: (address: string) => boolean) => guardedFetch(isOpen)(`http://localhost:${port}/`);
  expect(await (await ask(address => address === '127.0.0.1')).text()).toBe('open');
  await expect(ask(() => false)).rejects.toMatchObject({ kind: 'denied' });
});

test('circles of redirects end', async () => {
  const port = await serve('127.0.0.1', (_, response) => {
    response.writeHead(302, { location: '/' }).end();
  });
  await expect(guardedFetch(() => true)(`http://127.0.0.1:${port}/`)).rejects.toThrow();
});

test('a model that a member named on this machine fails at once and in words', async () => {
  const source = httpSource('http://127.0.0.1:65000/model.gguf', { fetch: foreignFetch });
  await expect(source.size()).rejects.toMatchObject({ kind: 'denied' });
});

test('a model is read by ranges as with the fetch of the process', async () => {
  const bytes = Uint8Array.from({ length: 100_000 }, (_, index) => index % 251);
  const port = await serve('127.0.0.1', ({ headers }, response) => {
    const [, first, last] = /^bytes=(\d+)-(\d+)$/.exec(headers.range!)!.map(Number);
    const end = Math.min(bytes.length, last! + 1);
    const range = `bytes ${first}-${end - 1}/${bytes.length}`;
    response.writeHead(206, { 'content-range': range }).end(bytes.subarray(first, end));
  });
  const source = httpSource(`http://127.0.0.1:${port}/model.gguf`, { fetch: guardedFetch(() => true) });
  expect(await source.read(50_000, 100_000)).toEqual(bytes.slice(50_000));
});
