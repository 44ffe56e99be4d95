import { readFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { build } from 'vite';

const fixtures = join(import.meta.dirname, '../fixtures');
const published = join(import.meta.dirname, '../../public/models');

/** Builds page.html and serves it from memory, with the fixtures beside it. */
export async function servePage(): Promise<{ server: Server; url: string }> {
  const built = await build({
    root: import.meta.dirname,
    configFile: false,
    logLevel: 'error',
    build: {
      write: false,
      target: 'es2023',
      rollupOptions: { input: join(import.meta.dirname, 'page.html') },
    },
  });
  if (Array.isArray(built) || !('output' in built)) throw new Error('vite built something else');
  const files = new Map(
    built.output.map(file => [`/${file.fileName}`, 'code' in file ? file.code : file.source]),
  );
  const server = createServer(async (request, response) => {
    const path = request.url ?? '';
    const body = files.get(path) ?? (await fixture(path));
    const type = path.endsWith('.html') ? 'text/html' : path.endsWith('.js') ? 'text/javascript' : '';
    response.writeHead(body ? 200 : 404, { 'content-type': type || 'application/octet-stream' }).end(body);
  });
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  return { server, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/page.html` };
}

async function fixture(path: string): Promise<Buffer | undefined> {
  if (!/^\/(quants\/)?[\w-]+\.\w+$/.test(path)) return undefined;
  const folder = path === '/guide.gguf' ? published : fixtures;
  return readFile(join(folder, path)).catch(() => undefined);
}
