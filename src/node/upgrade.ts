import type { IncomingMessage } from 'node:http';
import { connect, type Socket } from 'node:net';
import type { Duplex } from 'node:stream';

/**
 * Hands a WebSocket handshake on to the relay's own port on this machine, so that the app, the API and the relay need
 * one public port and one certificate. libp2p's WebSocket listener cannot share a server that it did not make. Returns
 * the connection to that port.
 */
export function passOn(request: IncomingMessage, socket: Duplex, head: Buffer, port: number): Socket {
  const inner = connect(port, '127.0.0.1');
  const end = () => {
    inner.destroy();
    socket.destroy();
  };
  inner.on('error', end).on('close', end);
  socket.on('error', end).on('close', end);
  inner.once('connect', () => {
    inner.setNoDelay(true);
    const lines = [`${request.method} ${request.url} HTTP/${request.httpVersion}`];
    for (let index = 0; index < request.rawHeaders.length; index += 2) {
      lines.push(`${request.rawHeaders[index]}: ${request.rawHeaders[index + 1]}`);
    }
    inner.write(`${lines.join('\r\n')}\r\n\r\n`);
    inner.write(head);
    socket.pipe(inner).pipe(socket);
  });
  return inner;
}
