/**
 * A stand-in for the Hugging Face Hub on loopback: `/OWNER/REPO/resolve/main/FILE` answers 302 to a second origin,
 * which serves ranges with CORS headers, as the Hub and its CDN do. `/api/models` lists the repositories, and
 * `/api/models/OWNER/REPO/tree/main` their files. It can be told to misbehave.
 */
import { createHash } from 'node:crypto';
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

/** What the lists say of a repository beside its files. */
export interface ListedRepository {
  readonly downloads?: number;
  readonly licence?: string;
  readonly gated?: false | 'auto' | 'manual';
}

/** What the next lists are, in order, one each. */
export type ListFault = {
  readonly status: number;
  readonly retryAfter?: string;
  readonly body?: string;
};

export interface HubServer {
  readonly origin: string;
  /** Every range that was asked for, in order. */
  readonly log: AskedRange[];
  /** Every request whose method or headers would make a browser ask leave first. */
  readonly preflights: string[];
  readonly faults: Fault[];
  readonly listFaults: ListFault[];
  /** Addresses of the lists that were asked for. */
  readonly lists: string[];
  /** Tells the lists of a repository; files that were `put` in one are in them anyway. */
  describe(repository: string, listed: ListedRepository): void;
  /** Lists a file that is not there. */
  pretend(file: string, bytes: number): void;
  /** Breaks every connection that there is. */
  cut(): void;
  /** Bodies under way. */
  readonly bodies: () => number;
  /** Stops every body once so many bytes of bodies went out from now on, until `flow`; resolves when it does. */
  hold(afterBytes: number): Promise<void>;
  flow(): void;
  put(file: string, bytes: Uint8Array, etag?: string): void;
  /** From now on other bytes come than those that are listed, of the same length; until the file is `put` again. */
  spoil(file: string, bytes: Uint8Array): void;
  close(): Promise<void>;
}

export async function startHubServer(): Promise<HubServer> {
  const files = new Map<string, { bytes: Uint8Array; etag: string }>();
  const spoiled = new Map<string, Uint8Array>();
  const log: AskedRange[] = [];
  const preflights: string[] = [];
  const faults: Fault[] = [];
  const listFaults: ListFault[] = [];
  const lists: string[] = [];
  const described = new Map<string, ListedRepository>();
  const pretended = new Map<string, number>();

  const cdn = createServer((request, response) => {
    if (noted(request, response)) return;
    const file = decodeURIComponent(request.url!.slice('/cdn/'.length));
    const listed = files.get(file);
    if (listed === undefined) return end(response, 404);
    const held = { ...listed, bytes: spoiled.get(file) ?? listed.bytes };
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
  let bodies = 0;
  const send = async (response: ServerResponse, body: Uint8Array, asking: AskedRange) => {
    bodies++;
    response.on('close', () => bodies--);
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
    if (request.url!.startsWith('/api/')) return list(request.url!, response);
    const match = /^\/([^/]+\/[^/]+)\/resolve\/main\/(.+)$/.exec(request.url!);
    const file = match && `${match[1]}/${decodeURIComponent(match[2]!)}`;
    if (file === null || !files.has(file)) return end(response, 404);
    response.writeHead(302, { location: `${originOf(cdn)}/cdn/${encodeURIComponent(file)}` }).end();
  });

  const sizes = () => [...[...files].map(([file, { bytes }]) => [file, bytes.length] as const), ...pretended];
  const repositoryOf = (file: string) => file.split('/').slice(0, 2).join('/');

  const list = (path: string, response: ServerResponse) => {
    lists.push(path);
    const fault = listFaults.shift();
    if (fault) {
      if (fault.retryAfter !== undefined) response.setHeader('retry-after', fault.retryAfter);
      return void response.writeHead(fault.status).end(fault.body);
    }
    const url = new URL(path, 'http://hub');
    const repository = /^\/api\/models\/([^/]+\/[^/]+)\/tree\/main$/.exec(url.pathname)?.[1];
    if (repository !== undefined) {
      const entries = sizes()
        .filter(([file]) => repositoryOf(file) === repository)
        .map(([file, size]) => ({
          type: 'file',
          oid: 'a1',
          size,
          path: file.slice(repository.length + 1),
          ...(files.has(file)
            ? { lfs: { oid: sha256(files.get(file)!.bytes), size, pointerSize: 135 } }
            : {}),
        }));
      return entries.length > 0 ? json(response, entries) : end(response, 404);
    }
    const words = (url.searchParams.get('search') ?? '').toLowerCase().split(/\s+/);
    const all = new Set([...described.keys(), ...sizes().map(([file]) => repositoryOf(file))]);
    const found = [...all].filter(id => words.every(word => id.toLowerCase().includes(word)));
    const listed = found.map(id => {
      const { downloads = 0, licence, gated = false } = described.get(id) ?? {};
      return {
        _id: 'a1',
        id,
        downloads,
        likes: 0,
        gated,
        tags: ['gguf', ...(licence ? [`license:${licence}`] : [])],
      };
    });
    return json(
      response,
      listed.sort((a, b) => b.downloads - a.downloads),
    );
  };

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
    listFaults,
    lists,
    bodies: () => bodies,
    cut() {
      for (const server of [hub, cdn]) server.closeAllConnections();
    },
    describe: (repository, listed) => described.set(repository, listed),
    pretend: (file, bytes) => pretended.set(file, bytes),
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
    put(file, bytes, etag = `"${bytes.length}"`) {
      files.set(file, { bytes, etag });
      spoiled.delete(file);
    },
    spoil: (file, bytes) => spoiled.set(file, bytes),
    close: async () => {
      await Promise.all([hub, cdn].map(close));
    },
  };
}

const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');

const originOf = (server: Server) => `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

const listen = (server: Server) => new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));

const close = (server: Server) =>
  new Promise<void>(resolve => {
    server.close(() => resolve());
    server.closeAllConnections();
  });

const json = (response: ServerResponse, value: unknown) =>
  void response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(value));

const end = (response: ServerResponse, status: number) => void response.writeHead(status).end();
