import { createServer, type Server } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { build } from 'vite';

/** Builds page.html and serves it from memory; WebSockets go on to the relay, as the HTTP process does it. */
export async function servePage(relayPort: () => number): Promise<{ server: Server; port: number }> {
  const built = await build({
    root: import.meta.dirname,
    configFile: false,
    logLevel: 'error',
    build: { write: false, rollupOptions: { input: `${import.meta.dirname}/page.html` } },
  });
  if (Array.isArray(built) || !('output' in built)) throw new Error('vite built something else');
  const files = new Map(
    built.output.map(file => [`/${file.fileName}`, 'code' in file ? file.code : file.source]),
  );
  const server = createServer((request, response) => {
    const body = files.get(request.url ?? '');
    const type = request.url?.endsWith('.html') ? 'text/html' : 'text/javascript';
    response.writeHead(body ? 200 : 404, { 'content-type': type }).end(body);
  });
  server.on('upgrade', (request, socket, head) => {
    const relay = connect(relayPort(), '127.0.0.1', () => {
      const headers = request.rawHeaders.map((text, index) => (index % 2 ? `${text}\r\n` : `${text}: `));
      relay.write(`GET ${request.url} HTTP/1.1\r\n${headers.join('')}\r\n`);
      relay.write(head);
      socket.pipe(relay).pipe(socket);
    });
    relay.setNoDelay(true);
    relay.on('error', () => socket.destroy());
    socket.on('error', () => relay.destroy());
  });
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  return { server, port: (server.address() as AddressInfo).port };
}
