import { request } from 'node:https';
import { generateKeyPair } from '@libp2p/crypto/keys';
import { expect, test } from 'vitest';
import { trustedProxies } from '../../src/node/relay/client-address.ts';
import { startRelay } from '../../src/node/relay/start-relay.ts';
import { testCertificate } from '../test-certificate.ts';

test('with an own certificate it speaks TLS and announces that', async () => {
  const server = await startRelay({
    privateKey: await generateKeyPair('Ed25519'),
    host: '127.0.0.1',
    port: 0,
    tls: testCertificate(),
    trusted: trustedProxies([]),
    limits: { connections: 8, reservations: 8 },
  });
  try {
    expect(server.addresses()).toEqual([expect.stringContaining(`/tcp/${server.port}/tls/ws/p2p/`)]);
    const upgrade = {
      connection: 'Upgrade',
      upgrade: 'websocket',
      'sec-websocket-version': '13',
      'sec-websocket-key': 'AAAAAAAAAAAAAAAAAAAAAA==',
    };
    const status = await new Promise((resolve, reject) => {
      // The certificate is for another name, and nobody's: what is looked at is that TLS leads to the relay.
      const asked = request({ port: server.port, rejectUnauthorized: false, headers: upgrade });
      asked.on('error', reject).on('response', ({ statusCode }) => resolve(statusCode));
      asked.on('upgrade', ({ statusCode }, socket) => {
        socket.destroy();
        resolve(statusCode);
      });
      asked.end();
    });
    expect(status).toBe(101);
  } finally {
    await server.close();
  }
});
