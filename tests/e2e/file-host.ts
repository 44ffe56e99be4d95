/** A plain file host on loopback: files with ranges, and no header of ours. */
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createAdaptorServer } from '@hono/node-server';
import { serveStatic } from '@hono/node-server/serve-static';
import { Hono } from 'hono';

export interface FileHost {
  readonly url: string;
  /** Every answer waits for this. */
  gate: Promise<void>;
  close(): void;
}

export async function startFileHost(root: string): Promise<FileHost> {
  const app = new Hono();
  const host = {
    url: '',
    gate: Promise.resolve(),
    close() {
      server.close();
      server.closeAllConnections();
    },
  };
  app.use(async (_, next) => {
    await host.gate;
    await next();
  });
  app.use(serveStatic({ root }));
  const server = createAdaptorServer({ fetch: app.fetch, overrideGlobalObjects: false }) as Server;
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  host.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  return host;
}
