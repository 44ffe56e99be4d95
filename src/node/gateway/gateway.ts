import { type IncomingMessage, Server } from 'node:http';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { createAdaptorServer } from '@hono/node-server';
import { assert } from '../../base/assert.ts';
import { TabmeshError } from '../../base/error.ts';
import { gatewayConnectionsMax } from '../../base/limits.ts';
import { type AppOptions, gatewayApp } from './app.ts';
import { isForeign, isOwnHost } from './callers.ts';

export interface GatewayOptions extends AppOptions {
  /** 0 takes any free one. */
  readonly port: number;
  /** Takes over a WebSocket handshake; the socket belongs to it from then on. */
  readonly upgrade: (request: IncomingMessage, socket: Duplex, head: Buffer) => void;
}

export interface Gateway {
  /** "http://127.0.0.1:8787/", as a browser on this machine opens it. */
  readonly url: string;
  readonly port: number;
  /** Ends open streams and WebSockets too, at once; generation stops with them. */
  close(): Promise<void>;
}

/** Rejects with TabmeshError('unavailable' | 'denied' | 'invalid', 'node') where it cannot listen. */
export async function startGateway(options: GatewayOptions): Promise<Gateway> {
  // The library would replace the global Request and Response of the whole process.
  const server = createAdaptorServer({ fetch: gatewayApp(options).fetch, overrideGlobalObjects: false });
  assert(server instanceof Server);
  server.maxConnections = gatewayConnectionsMax;
  const sockets = new Set<Socket>();
  server.on('connection', socket => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
  });
  server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    socket.on('error', () => socket.destroy());
    if (mayConnect(request, options)) options.upgrade(request, socket, head);
    else socket.end('HTTP/1.1 403 Forbidden\r\nConnection: close\r\nContent-Length: 0\r\n\r\n');
  });
  const port = await listen(server, options.host, options.port);
  return {
    url: `http://${urlHost(options.host)}:${port}/`,
    port,
    close: () =>
      new Promise(resolve => {
        server.close(() => resolve());
        for (const socket of sockets) socket.destroy();
      }),
  };
}

/** Browsers ask no leave before a WebSocket to another origin, so a page of any site could use the relay. */
function mayConnect(request: IncomingMessage, { host, allowOrigins = [] }: AppOptions): boolean {
  const allowed = allowOrigins.includes(request.headers.origin ?? '') || !isForeign(request);
  return allowed && isOwnHost(request, host);
}

function listen(server: Server, host: string, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', error => reject(cannotListen(error, host, port)));
    server.listen(port, host, () => {
      const address = server.address();
      assert(typeof address === 'object' && address !== null);
      resolve(address.port);
    });
  });
}

function cannotListen(error: NodeJS.ErrnoException, host: string, port: number): TabmeshError {
  const other = `PORT=${port < 65535 ? port + 1 : 8787} npm start`;
  if (error.code === 'EADDRINUSE') {
    const reason = `Port ${port} on ${host} is taken by another program. Choose another one: ${other}`;
    return new TabmeshError('unavailable', 'node', reason, { cause: error });
  }
  if (error.code === 'EACCES') {
    const reason = `Port ${port} needs more rights than this program has. Choose one above 1023: PORT=8787 npm start`;
    return new TabmeshError('denied', 'node', reason, { cause: error });
  }
  const reason = `Cannot listen on ${host}, port ${port}: ${error.message}. HOST must be an address of this machine.`;
  return new TabmeshError('invalid', 'node', reason, { cause: error });
}

/** An address that stands for all addresses cannot be opened in a browser. */
function urlHost(host: string): string {
  if (host === '0.0.0.0') return '127.0.0.1';
  if (host === '::') return '[::1]';
  return host.includes(':') ? `[${host}]` : host;
}
