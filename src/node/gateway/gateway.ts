import { type IncomingMessage, Server } from 'node:http';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { createAdaptorServer } from '@hono/node-server';
import { assert } from '../../base/assert.ts';
import { gatewayConnectionsMax } from '../../base/limits.ts';
import { listen } from '../listen.ts';
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

/** An address that stands for all addresses cannot be opened in a browser. */
function urlHost(host: string): string {
  if (host === '0.0.0.0') return '127.0.0.1';
  if (host === '::') return '[::1]';
  return host.includes(':') ? `[${host}]` : host;
}
