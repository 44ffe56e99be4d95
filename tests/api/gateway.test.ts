/** The gateway's own part: who is answered, files, ports. What models answer is in completions.test.ts. */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Duplex } from 'node:stream';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { createApi } from '../../src/api/openai.ts';
import type { SeenRequest } from '../../src/node/gateway/app.ts';
import { isSameMachine } from '../../src/node/gateway/callers.ts';
import { type Gateway, startGateway } from '../../src/node/gateway/gateway.ts';
import type { Router } from '../../src/router/request.ts';
import { rawExchange, rawRequest, rawUpgrade } from './raw-request.ts';

const noModels: Router = {
  models: async () => [],
  count: async () => 0,
  // biome-ignore lint/correctness/useYield: it only throws
  async *complete() {
    throw new Error('not asked in these tests');
  },
};
const model = Uint8Array.from({ length: 5000 }, (_, index) => index % 251);

let folder: string;
let gateway: Gateway;
let seen: SeenRequest[] = [];
const options = () => ({
  api: createApi(noModels),
  host: '127.0.0.1',
  port: 0,
  staticDir: join(folder, 'dist'),
  bootstrap: (near: boolean) => ({ peer: 'P', ...(near ? { invite: 'secret' } : {}) }),
  allowMachines: false,
  upgrade: (_: unknown, socket: Duplex) => {
    socket.end('HTTP/1.1 101 Switching Protocols\r\n\r\n');
  },
  allowOrigins: ['http://friend.example'],
  onRequest: (request: SeenRequest) => seen.push(request),
});

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tabmesh-gateway-'));
  await mkdir(join(folder, 'dist', 'assets'), { recursive: true });
  await mkdir(join(folder, 'dist', 'models'));
  await writeFile(join(folder, 'secret.txt'), 'not yours');
  await writeFile(join(folder, 'dist', 'index.html'), '<!doctype html><title>Tabmesh</title>');
  await writeFile(join(folder, 'dist', 'widget.html'), '<!doctype html><title>Widget</title>');
  await writeFile(join(folder, 'dist', 'widget.js'), '');
  await writeFile(join(folder, 'dist', 'widget-0123456789ab.js'), '');
  await writeFile(join(folder, 'dist', 'manifest.webmanifest'), '{}');
  await writeFile(join(folder, 'dist', 'assets', 'main-abc123.js'), 'export {};');
  await writeFile(join(folder, 'dist', 'assets', 'engine-abc123.wasm'), '');
  await writeFile(join(folder, 'dist', 'models', 'guide.gguf'), model);
  gateway = await startGateway(options());
});
afterAll(async () => {
  await gateway.close();
  await rm(folder, { recursive: true });
});
beforeEach(() => {
  seen = [];
});

const own = () => `127.0.0.1:${gateway.port}`;
const get = (path: string, headers: Record<string, string> = {}, method = 'GET') =>
  rawRequest(gateway.port, path, { method, headers: { host: own(), ...headers } });

test('files come with their type and with how long they may be kept', async () => {
  const type = async (path: string) => {
    const { status, headers } = await get(path);
    return [status, headers.get('content-type'), headers.get('cache-control')];
  };
  const forever = 'public, max-age=31536000, immutable';
  expect(await type('/')).toEqual([200, 'text/html; charset=utf-8', 'no-cache']);
  expect(await type('/index.html')).toEqual([200, 'text/html; charset=utf-8', 'no-cache']);
  expect(await type('/assets/main-abc123.js')).toEqual([200, 'text/javascript; charset=utf-8', forever]);
  expect(await type('/assets/engine-abc123.wasm')).toEqual([200, 'application/wasm', forever]);
  expect(await type('/manifest.webmanifest')).toEqual([200, 'application/manifest+json', 'no-cache']);
  expect(await type('/models/guide.gguf')).toEqual([200, 'application/octet-stream', 'no-cache']);
});

test('an address without a file is 404, not the page', async () => {
  for (const path of ['/chat', '/assets/', '/models/none.gguf', '/favicon.ico'])
    expect((await get(path)).status).toBe(404);
});

test('pages and workers are isolated from other origins, so that they may share memory', async () => {
  for (const path of ['/', '/assets/main-abc123.js', '/assets/engine-abc123.wasm']) {
    const { headers } = await get(path);
    expect(headers.get('cross-origin-opener-policy')).toBe('same-origin');
    expect(headers.get('cross-origin-embedder-policy')).toBe('require-corp');
  }
});

test('the page runs only its own scripts and is not framed', async () => {
  const { headers } = await get('/');
  const policy = headers.get('content-security-policy') ?? '';
  expect(policy).toContain("script-src 'self' 'wasm-unsafe-eval';");
  expect(policy).toContain("frame-ancestors 'self'");
  expect(policy).toMatch(/connect-src 'self' ws: wss: https:/);
  expect(headers.get('x-content-type-options')).toBe('nosniff');
  expect(headers.get('strict-transport-security')).toBeNull();
});

test('other sites may load the widget and frame its page, and nothing else', async () => {
  const reach = async (path: string) => {
    const { headers } = await get(path, { 'sec-fetch-site': 'cross-site' });
    const ancestors = /frame-ancestors ([^;]*)/.exec(headers.get('content-security-policy') ?? '')?.[1];
    return [ancestors, headers.get('x-frame-options'), headers.get('cross-origin-resource-policy')];
  };
  expect(await reach('/widget.html')).toEqual(['*', null, 'cross-origin']);
  for (const path of ['/widget.js', '/widget-0123456789ab.js']) {
    expect(await reach(path), path).toEqual(["'self'", 'SAMEORIGIN', 'cross-origin']);
    expect((await get(path)).headers.get('access-control-allow-origin'), path).toBe('*');
  }
  expect((await get('/widget-0123456789ab.js')).headers.get('cache-control')).toContain('immutable');
  expect((await get('/widget.js')).headers.get('cache-control')).toBe('no-cache');
  expect((await get('/widget.html')).headers.get('access-control-allow-origin')).toBeNull();
  for (const path of [
    '/',
    '/index.html',
    '/widget.html/',
    '/WIDGET.HTML',
    '/tabmesh.json',
    '/models/guide.gguf',
  ])
    expect(await reach(path), path).toEqual(["'self'", 'SAMEORIGIN', 'same-origin']);
  expect((await get('/widget.html')).headers.get('cross-origin-embedder-policy')).toBe('require-corp');
});

test('a range is answered with exactly its bytes, and logged', async () => {
  const response = await fetch(`${gateway.url}models/guide.gguf`, { headers: { range: 'bytes=1000-1999' } });
  expect(response.status).toBe(206);
  expect(response.headers.get('content-range')).toBe('bytes 1000-1999/5000');
  expect(new Uint8Array(await response.arrayBuffer())).toEqual(model.slice(1000, 2000));
  expect(seen).toMatchObject([
    { method: 'GET', path: '/models/guide.gguf', status: 206, contentRange: 'bytes 1000-1999/5000' },
  ]);
  expect(seen[0]?.headers.get('range')).toBe('bytes=1000-1999');
});

test('ranges at the end, from the end and past it', async () => {
  const range = async (text: string) => {
    const { status, headers } = await get('/models/guide.gguf', { range: text });
    return [status, headers.get('content-range'), headers.get('content-length')];
  };
  expect(await range('bytes=4990-')).toEqual([206, 'bytes 4990-4999/5000', '10']);
  expect(await range('bytes=4990-9999')).toEqual([206, 'bytes 4990-4999/5000', '10']);
  expect(await range('bytes=-10')).toEqual([206, 'bytes 4990-4999/5000', '10']);
  expect((await range('bytes=5000-')).slice(0, 2)).toEqual([416, 'bytes */5000']);
});

test('HEAD tells the size without the bytes', async () => {
  const { status, headers, text } = await get('/models/guide.gguf', {}, 'HEAD');
  expect([status, headers.get('content-length'), headers.get('accept-ranges'), text]).toEqual([
    200,
    '5000',
    'bytes',
    '',
  ]);
});

test('a file that did not change is not sent again', async () => {
  const etag = (await get('/models/guide.gguf')).headers.get('etag') ?? '';
  const again = await get('/models/guide.gguf', { 'if-none-match': `"other", W/${etag}` });
  expect([again.status, again.headers.get('etag'), again.text]).toEqual([304, etag, '']);
  expect((await get('/models/guide.gguf', { 'if-none-match': '"other"' })).status).toBe(200);
  await writeFile(join(folder, 'dist', 'index.html'), '<!doctype html><title>Tabmesh, new</title>');
  expect((await get('/', { 'if-none-match': etag })).text).toContain('new');
});

test.each([
  '/../secret.txt',
  '/%2e%2e/secret.txt',
  '/assets/../../secret.txt',
  '/assets/..%2f..%2fsecret.txt',
  '/assets/%2e%2e%2f%2e%2e%2fsecret.txt',
  '/..%5csecret.txt',
  '/..\\secret.txt',
  '/%252e%252e/secret.txt',
  '//etc/passwd',
  '/index.html%00.js',
  '/%',
  'http://127.0.0.1/../secret.txt',
])('a path out of the folder is refused: %s', async path => {
  const { status, text } = await get(path);
  expect([400, 404]).toContain(status);
  expect(text).not.toContain('not yours');
});

test('a page reads the invite only from its own origin', async () => {
  const answered = await get('/tabmesh.json', { 'sec-fetch-site': 'same-origin' });
  expect(JSON.parse(answered.text)).toEqual({ peer: 'P', invite: 'secret' });
  expect(answered.headers.get('cache-control')).toBe('no-store');
  const refused: Record<string, string>[] = [
    { origin: 'http://evil.example' },
    { origin: 'null' },
    { origin: 'http://friend.example' },
    { origin: 'http://127.0.0.1:1' },
    { 'sec-fetch-site': 'cross-site' },
    { 'sec-fetch-site': 'same-site' },
    { host: 'evil.example' },
  ];
  for (const headers of refused) {
    const { status, text } = await get('/tabmesh.json', headers);
    expect({ headers, status, secret: text.includes('secret') }).toEqual({
      headers,
      status: 403,
      secret: false,
    });
  }
});

const forwarded: Record<string, string>[] = [
  { 'x-forwarded-for': '203.0.113.7' },
  { 'x-real-ip': '203.0.113.7' },
  { 'x-forwarded-proto': 'https' },
  { 'x-forwarded-host': 'tabmesh.example' },
  { forwarded: 'for=203.0.113.7' },
  { via: '1.1 proxy' },
  { 'cf-connecting-ip': '203.0.113.7' },
];

test('a visitor of the page from another machine learns the relay, never the secret', async () => {
  for (const headers of forwarded) {
    const { status, text } = await get('/tabmesh.json', { 'sec-fetch-site': 'same-origin', ...headers });
    expect({ headers, status, text }).toEqual({ headers, status: 200, text: '{"peer":"P"}' });
  }
  // As nginx passes it on without settings.
  const plain = `GET /tabmesh.json HTTP/1.0\r\nHost: ${own()}\r\nConnection: close\r\n\r\n`;
  const answer = await rawExchange(gateway.port, plain);
  expect(answer).toMatch(/^HTTP\/1.1 200 /);
  expect(answer).not.toContain('secret');
});

test('other machines may not ask the API, unless it is told to answer them', async () => {
  const open = await startGateway({ ...options(), allowMachines: true });
  const ask = (port: number, headers: Record<string, string>) =>
    rawRequest(port, '/v1/models', { headers: { host: own(), ...headers } });
  for (const headers of forwarded) {
    const { status, text } = await ask(gateway.port, headers);
    expect({ headers, status }).toEqual({ headers, status: 403 });
    const message = expect.stringContaining('ALLOW_MACHINES=all');
    expect(JSON.parse(text).error).toMatchObject({ code: 'forbidden', message });
    expect((await ask(open.port, headers)).status).toBe(200);
  }
  const message = await rawRequest(gateway.port, '/v1/messages', {
    headers: { host: own(), ...forwarded[0]! },
  });
  expect(JSON.parse(message.text)).toMatchObject({ type: 'error', error: { type: 'permission_error' } });
  expect((await ask(open.port, { origin: 'http://evil.example' })).status).toBe(403);
  await open.close();
});

test('the same machine is told by the addresses of the connection', () => {
  const from = (remoteAddress: string, localAddress: string) =>
    isSameMachine({ headers: {}, httpVersion: '1.1', socket: { remoteAddress, localAddress } });
  expect(from('127.0.0.1', '127.0.0.1')).toBe(true);
  expect(from('::ffff:127.0.0.1', '::ffff:127.0.0.1')).toBe(true);
  expect(from('::1', '::1')).toBe(true);
  expect(from('192.0.2.1', '192.0.2.1')).toBe(true);
  expect(from('203.0.113.7', '192.0.2.1')).toBe(false);
  expect(from('::ffff:203.0.113.7', '::ffff:192.0.2.1')).toBe(false);
});

test('a name that was pointed at this machine (DNS rebinding) gets nothing', async () => {
  for (const host of [
    'evil.example',
    `evil.example:${gateway.port}`,
    'localhost.evil.example',
    '127.0.0.1.evil.example',
  ])
    for (const path of ['/', '/tabmesh.json', '/v1/models', '/models/guide.gguf']) {
      const { status } = await get(path, { host, origin: `http://${host}` });
      expect({ host, path, status }).toEqual({ host, path, status: 403 });
    }
  for (const host of [`localhost:${gateway.port}`, '[::1]', 'tabmesh.localhost', 'LOCALHOST'])
    expect((await get('/v1/models', { host })).status).toBe(200);
});

test('pages of other origins are refused in the shape that SDKs read', async () => {
  const ask = (headers: Record<string, string>, method = 'GET') => get('/v1/models', headers, method);
  for (const headers of [{ origin: 'http://evil.example' }, { 'sec-fetch-site': 'cross-site' }] as Record<
    string,
    string
  >[]) {
    const { status, text, headers: answered } = await ask(headers);
    expect(status).toBe(403);
    expect(JSON.parse(text).error).toMatchObject({
      type: 'invalid_request_error',
      code: 'forbidden',
      param: null,
    });
    expect(answered.get('access-control-allow-origin')).toBeNull();
  }
  expect((await ask({ origin: `http://${own()}` })).status).toBe(200);
  expect((await ask({ origin: 'http://evil.example' }, 'OPTIONS')).status).toBe(403);
});

test('an origin that is allowed gets through, preflight included', async () => {
  const origin = 'http://friend.example';
  const preflight = await get(
    '/v1/chat/completions',
    {
      origin,
      'access-control-request-method': 'POST',
      'access-control-request-headers': 'authorization, content-type',
    },
    'OPTIONS',
  );
  expect(preflight.status).toBe(204);
  expect(preflight.headers.get('access-control-allow-origin')).toBe(origin);
  expect(preflight.headers.get('access-control-allow-headers')).toMatch(/authorization/);
  const answered = await get('/v1/models', { origin, 'sec-fetch-site': 'cross-site' });
  expect([answered.status, answered.headers.get('access-control-allow-origin')]).toEqual([200, origin]);
  expect(answered.headers.get('access-control-expose-headers')).toContain('x-tabmesh-route');
});

test('a WebSocket handshake is handed on where a peer or our own page asks, also behind an https proxy', async () => {
  const allowed: { origin?: string }[] = [
    {},
    { origin: `http://${own()}` },
    { origin: `https://${own()}` },
    { origin: 'http://friend.example' },
  ];
  for (const headers of allowed) expect(await rawUpgrade(gateway.port, headers)).toMatch(/^HTTP\/1.1 101 /);
});

test('a WebSocket of a page of another origin is refused', async () => {
  const refused: { host?: string; origin?: string }[] = [
    { origin: 'http://evil.example' },
    { origin: 'null' },
    { origin: own() },
    { origin: 'http://127.0.0.1:1' },
    { host: 'evil.example', origin: 'http://evil.example' },
    { host: 'evil.example' },
  ];
  for (const headers of refused)
    expect({ headers, answer: await rawUpgrade(gateway.port, headers) }).toEqual({
      headers,
      answer: expect.stringMatching(/^HTTP\/1.1 403 /),
    });
});

test('a taken port is named, and so is the way out', async () => {
  const other = createServer();
  await new Promise<void>(resolve => other.listen(0, '127.0.0.1', resolve));
  const { port } = other.address() as AddressInfo;
  await expect(startGateway({ ...options(), port })).rejects.toMatchObject({
    kind: 'unavailable',
    reason: `Port ${port} on 127.0.0.1 is taken by another program. Choose another one: PORT=${port + 1} npm start`,
  });
  await new Promise(resolve => other.close(resolve));
});

test('close ends what is open and frees the port', async () => {
  const first = await startGateway({ ...options(), upgrade: () => {} });
  const open = rawUpgrade(first.port);
  await fetch(`${first.url}v1/models`);
  await first.close();
  expect(await open).toBe('');
  const second = await startGateway({ ...options(), port: first.port });
  await second.close();
});
