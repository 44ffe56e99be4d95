import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, expect, test, vi } from 'vitest';
import { readForFrame } from '../../src/widget/host-reader.ts';

afterEach(() => vi.unstubAllGlobals());

test('a page that never comes is given up, and one that stops in the middle is', async () => {
  const gone = Promise.withResolvers<void>();
  const server = createServer(({ url }, response) => {
    if (url === '/half') response.writeHead(200).write('half');
    response.once('close', gone.resolve);
  });
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  vi.stubGlobal('location', { origin });
  for (const path of ['/never', '/half']) {
    const url = origin + path;
    expect(await readForFrame({ kind: 'read', id: 1, url, bytesMax: 100 }, 50)).toEqual({
      kind: 'page',
      id: 1,
      status: 0,
      url,
      text: '',
    });
  }
  await gone.promise;
  server.close();
  server.closeAllConnections();
});
