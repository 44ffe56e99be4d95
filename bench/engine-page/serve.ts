import { createReadStream, statSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { build } from 'vite';

const types: Readonly<Record<string, string>> = {
  html: 'text/html',
  js: 'text/javascript',
  wasm: 'application/wasm',
};
const wllama = join(import.meta.dirname, '../../node_modules/@wllama/wllama/esm/wasm/wllama.wasm');

/** Builds page.html and serves it, cross-origin isolated so that threads may share memory, with `models` by name beside it. */
export async function servePage(models: ReadonlyMap<string, URL>): Promise<{ server: Server; url: string }> {
  const built = await build({
    root: import.meta.dirname,
    configFile: false,
    logLevel: 'error',
    worker: { format: 'es' },
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
  files.set('/wllama.wasm', await readFile(wllama));
  const server = createServer((request, response) => {
    const path = request.url ?? '';
    const headers = {
      'cross-origin-opener-policy': 'same-origin',
      'cross-origin-embedder-policy': 'require-corp',
      'cross-origin-resource-policy': 'same-origin',
      'content-type': types[path.split('.').at(-1)!] ?? 'application/octet-stream',
    };
    const model = models.get(path.slice(1));
    const file = files.get(path);
    if (model) {
      response.writeHead(200, { ...headers, 'content-length': statSync(model).size });
      createReadStream(model).pipe(response);
    } else response.writeHead(file ? 200 : 404, headers).end(file);
  });
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  return { server, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/page.html` };
}
