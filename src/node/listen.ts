import { createSocket } from 'node:dgram';
import { createServer, isIPv6, type Server } from 'node:net';
import { assert } from '../base/assert.ts';
import { TabmeshError } from '../base/error.ts';

/**
 * Resolves to the port; 0 takes any free one. Rejects with TabmeshError('unavailable' | 'denied' | 'invalid', 'node')
 * in words that name the way out.
 */
export function listen(server: Server, host: string, port: number): Promise<number> {
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

/** A port that is free now: the one that is asked for, or any where that is 0. Rejects as `listen`. */
export async function freePort(host: string, wanted = 0): Promise<number> {
  const server = createServer();
  const port = await listen(server, host, wanted);
  await new Promise(resolve => server.close(resolve));
  return port;
}

/** As `freePort`, of UDP. */
export async function freeUdpPort(host: string): Promise<number> {
  const socket = createSocket(isIPv6(host) ? 'udp6' : 'udp4');
  try {
    await new Promise<void>((resolve, reject) => {
      socket.once('error', error => reject(cannotListen(error, host, 0)));
      socket.bind(0, host, resolve);
    });
    return socket.address().port;
  } finally {
    socket.close();
  }
}
