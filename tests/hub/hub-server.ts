/**
 * A stand-in for the Hugging Face Hub on loopback: `/OWNER/REPO/resolve/main/FILE` answers 302 to a second origin,
 * which serves ranges with CORS headers, as the Hub and its CDN do. It can be told to misbehave.
 */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface AskedRange {
  /** OWNER/REPO/FILE */
  readonly file: string;
  /** Half-open; what the client asked for. */
  readonly start: number;
  readonly end: number;
  readonly status: number;
  /** Bytes of the body that were sent. */
  sent: number;
}

/** What happens to the next request for bytes; in order, one each. */
export type Fault =
  | { readonly kind: 'status'; readonly status: number; readonly retryAfter?: string }
  | { readonly kind: 'cut'; readonly afterBytes: number }
  | { readonly kind: 'whole' }
  | { readonly kind: 'content-range'; readonly value: string }
  | { readonly kind: 'hang' };

export interface HubServer {
  readonly origin: string;
  /** Every range that was asked for, in order. */
  readonly log: AskedRange[];
  /** Every request whose method or headers would make a browser ask leave first. */
  readonly preflights: string[];
  readonly faults: Fault[];
  /** Stops every body once so many bytes of bodies went out from now on, until `flow`; resolves when it does. */
  hold(afterBytes: number): Promise<void>;
  flow(): void;
  put(file: string, bytes: Uint8Array, etag?: string): void;
  close(): Promise<void>;
}

export async function startHubServer(): Promise<HubServer> {
  const files = new Map<string, { bytes: Uint8Array; etag: string }>();
  const log: AskedRange[] = [];
  const preflights: string[] = [];
  const faults: Fault[] = [];

  const cdn = createServer((request, response) => {
    if (noted(request, response)) return;
    const file = decodeURIComponent(request.url!.slice('/cdn/'.length));
    const held = files.get(file);
    if (held === undefined) return end(response, 404);
    const asked = /^bytes=(\d+)-(\d+)$/.exec(request.headers.range ?? '');
    const start = Number(asked?.[1] ?? 0);
    const stop = Math.min(held.bytes.length, Number(asked?.[2] ?? held.bytes.length - 1) + 1);
    const fault = faults.shift();
    const status =
      fault?.kind === 'status'
        ? fault.status
        : fault?.kind === 'whole' || asked === null
          ? 200
          : start >= held.bytes.length
            ? 416
            : 206;
    const asking: AskedRange = { file, start, end: stop, status, sent: 0 };
    log.push(asking);
    if (fault?.kind === 'hang') return;
    if (fault?.kind === 'status' && fault.retryAfter !== undefined)
      response.setHeader('retry-after', fault.retryAfter);
    if (status !== 200 && status !== 206) return end(response, status);
    const body = status === 200 ? held.bytes : held.bytes.subarray(start, stop);
    const range = `bytes ${start}-${stop - 1}/${held.bytes.length}`;
    response.writeHead(status, {
      'content-length': body.length,
      etag: held.etag,
      'accept-ranges': 'bytes',
      ...(status === 206 ? { 'content-range': fault?.kind === 'content-range' ? fault.value : range } : {}),
    });
    if (fault?.kind === 'cut') response.write(body.subarray(0, fault.afterBytes), () => response.destroy());
    else void send(response, body, asking);
  });

  let gate: { left: number; held: () => void; flows: Promise<void>; flow: () => void } | undefined;
  const pieceBytes = 16 * 1024;
  /** In pieces, so that it can stop at any byte. */
  const send = async (response: ServerResponse, body: Uint8Array, asking: AskedRange) => {
    while (asking.sent < body.length && !response.destroyed) {
      if (gate && gate.left === 0) {
        gate.held();
        await gate.flows;
        continue;
      }
      const most = Math.min(pieceBytes, gate?.left ?? pieceBytes, body.length - asking.sent);
      if (gate) gate.left -= most;
      const piece = body.subarray(asking.sent, asking.sent + most);
      asking.sent += most;
      await new Promise<void>(resolve => response.write(piece, () => resolve()));
    }
    response.end();
  };

  const hub = createServer((request, response) => {
    if (noted(request, response)) return;
    const match = /^\/([^/]+\/[^/]+)\/resolve\/main\/(.+)$/.exec(request.url!);
    const file = match && `${match[1]}/${decodeURIComponent(match[2]!)}`;
    if (file === null || !files.has(file)) return end(response, 404);
    response.writeHead(302, { location: `${originOf(cdn)}/cdn/${encodeURIComponent(file)}` }).end();
  });

  /** CORS headers on every answer; notes what no browser would have sent without asking leave. */
  const noted = (request: IncomingMessage, response: ServerResponse): boolean => {
    response.setHeader('access-control-allow-origin', '*');
    response.setHeader('access-control-expose-headers', 'ETag, Content-Range, Accept-Ranges');
    if (request.method === 'GET') return false;
    preflights.push(`${request.method} ${request.url}`);
    end(response, 405);
    return true;
  };

  await Promise.all([listen(hub), listen(cdn)]);
  return {
    origin: originOf(hub),
    log,
    preflights,
    faults,
    hold(afterBytes) {
      const { promise: flows, resolve: flow } = Promise.withResolvers<void>();
      const { promise, resolve: held } = Promise.withResolvers<void>();
      gate = { left: afterBytes, held, flows, flow };
      return promise;
    },
    flow() {
      gate?.flow();
      gate = undefined;
    },
    put: (file, bytes, etag = `"${bytes.length}"`) => files.set(file, { bytes, etag }),
    close: async () => {
      await Promise.all([hub, cdn].map(close));
    },
  };
}

const originOf = (server: Server) => `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

const listen = (server: Server) => new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));

const close = (server: Server) =>
  new Promise<void>(resolve => {
    server.close(() => resolve());
    server.closeAllConnections();
  });

const end = (response: ServerResponse, status: number) => void response.writeHead(status).end();
