/** A server of models on loopback, as the Hub is to a page: other origin, CORS, ranges. */
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { formatBytes } from '../../src/base/bytes.ts';

export interface ModelServer {
  readonly url: string;
  /** For people. */
  readonly size: string;
  /** That were asked for, in order. */
  readonly ranges: readonly string[];
  /** That were sent. */
  bytes(): number;
  close(): void;
}

export async function startModelServer(): Promise<ModelServer> {
  const file = await readFile('public/models/guide.gguf');
  const ranges: string[] = [];
  let bytes = 0;
  const server = createServer(({ headers }, response) => {
    const range = headers.range ?? '';
    ranges.push(range);
    const [, first, last] = /^bytes=(\d+)-(\d+)$/.exec(range)!;
    const body = file.subarray(Number(first), Number(last) + 1);
    bytes += body.length;
    response.writeHead(206, {
      'access-control-allow-origin': '*',
      'access-control-expose-headers': 'content-range, etag',
      'content-range': `bytes ${first}-${Number(first) + body.length - 1}/${file.length}`,
      etag: '"one"',
    });
    response.end(body);
  });
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/guide.gguf`,
    size: formatBytes(file.length),
    ranges,
    bytes: () => bytes,
    close() {
      server.close();
      server.closeAllConnections();
    },
  };
}
