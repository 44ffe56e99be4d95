import { generateKeyPair } from '@libp2p/crypto/keys';
import { expect, test, vi } from 'vitest';
import { handshakeMs } from '../../base/limits.ts';
import { createMemoryStore } from '../../store/memory-store.ts';
import { freeUdpPort } from '../listen.ts';
import { trustedProxies } from '../relay/client-address.ts';
import { startRelay } from '../relay/start-relay.ts';
import { Certificates } from './certificates.ts';
import { loadQuiche } from './quiche.ts';
import { TestClient } from './test-client.ts';

vi.setConfig({ testTimeout: 60_000 });

/** Sessions of browsers: tests/network/webtransport.ts. */
test.runIf(process.platform === 'linux' && process.arch === 'x64')(
  'who has its subnet’s last share and does not finish the handshake gives it back',
  async () => {
    const host = '127.0.0.1';
    const port = await freeUdpPort(host);
    const certificates = await Certificates.open(createMemoryStore(), Date.now);
    const relay = await startRelay({
      privateKey: await generateKeyPair('Ed25519'),
      host,
      port: 0,
      trusted: trustedProxies([]),
      limits: { connections: 1, reservations: 1 },
      webTransport: { port, certificates },
    });
    const silent = await TestClient.open(loadQuiche(), port);
    const patience = { timeout: 2 * handshakeMs, interval: 50 };
    try {
      await vi.waitFor(() => expect(silent.connection.isEstablished()).toBe(true), patience);
      // The same share as that of WebSockets.
      await expect(opened(`ws://${host}:${relay.port}`)).rejects.toThrow();
      await vi.waitFor(() => expect(silent.connection.peerError()).toBeTruthy(), patience);
      (await opened(`ws://${host}:${relay.port}`)).close();
    } finally {
      silent.close();
      await relay.close();
      certificates.close();
    }
  },
);

function opened(url: string): Promise<WebSocket> {
  const socket = new WebSocket(url);
  return new Promise((resolve, reject) => {
    socket.onopen = () => resolve(socket);
    socket.onerror = () => reject(new Error('refused'));
  });
}
