/** An https proxy as people put one before Tabmesh: WebSockets passed on, Host rewritten, X-Forwarded-For added. */
import { type IncomingMessage, request } from 'node:http';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { testCertificate } from '../test-certificate.ts';

export interface HttpsProxy {
  readonly port: number;
  /** Where it passes requests on to. */
  target: number;
  close(): void;
}

export async function startHttpsProxy(): Promise<HttpsProxy> {
  const proxy = {
    port: 0,
    target: 0,
    close() {
      server.close();
      server.closeAllConnections();
    },
  };
  const passOn = ({ method, url, headers }: IncomingMessage) =>
    request({
      host: '127.0.0.1',
      port: proxy.target,
      method,
      path: url,
      headers: { ...headers, host: `127.0.0.1:${proxy.target}`, 'x-forwarded-for': '203.0.113.7' },
    });
  const server = createServer(testCertificate());
  server.on('request', (incoming, outgoing) => {
    const inner = passOn(incoming).on('error', () => outgoing.destroy());
    inner.on('response', response => {
      outgoing.writeHead(response.statusCode!, response.headers);
      response.pipe(outgoing);
    });
    incoming.pipe(inner);
  });
  server.on('upgrade', (incoming, outer, begun) => {
    const inner = passOn(incoming).on('error', () => outer.destroy());
    inner.on('upgrade', (response, socket, answered) => {
      const lines = Object.entries(response.headers).map(([name, value]) => `${name}: ${value}\r\n`);
      outer.write(`HTTP/1.1 101 Switching Protocols\r\n${lines.join('')}\r\n`);
      outer.write(answered);
      socket.write(begun);
      outer.on('error', () => socket.destroy()).on('close', () => socket.destroy());
      socket.on('error', () => outer.destroy()).on('close', () => outer.destroy());
      outer.pipe(socket).pipe(outer);
    });
    inner.on('response', () => outer.destroy());
    inner.end();
  });
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  proxy.port = (server.address() as AddressInfo).port;
  return proxy;
}
