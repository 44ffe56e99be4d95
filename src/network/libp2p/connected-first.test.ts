import type { MultiaddrConnection, Upgrader, UpgraderOptions } from '@libp2p/interface';
import { expect, test } from 'vitest';
import { connectedFirst } from './connected-first.ts';

class PeerConnection extends EventTarget {
  connectionState = 'new';

  becomes(state: string): void {
    this.connectionState = state;
    this.dispatchEvent(new Event('connectionstatechange'));
  }
}

function inbound(signal = new AbortController().signal) {
  const peerConnection = new PeerConnection();
  let upgraded = false;
  const upgrader = { upgradeInbound: async () => void (upgraded = true) } as unknown as Upgrader;
  const done = connectedFirst({ upgrader }).upgrader.upgradeInbound(
    { peerConnection } as unknown as MultiaddrConnection,
    { signal } as UpgraderOptions,
  );
  return { peerConnection, done, isUpgraded: () => upgraded };
}

test('an inbound connection counts once it is connected', async () => {
  const { peerConnection, done, isUpgraded } = inbound();
  peerConnection.becomes('connecting');
  await Promise.resolve();
  expect(isUpgraded()).toBe(false);
  peerConnection.becomes('connected');
  await done;
  expect(isUpgraded()).toBe(true);
});

test.each(['failed', 'closed'])('one that is %s never counts', async state => {
  const { peerConnection, done, isUpgraded } = inbound();
  peerConnection.becomes(state);
  await expect(done).rejects.toThrow('No way');
  expect(isUpgraded()).toBe(false);
});

test('one whose signalling is ended never counts', async () => {
  const given = new AbortController();
  const { done, isUpgraded } = inbound(given.signal);
  given.abort();
  await expect(done).rejects.toThrow('No way');
  expect(isUpgraded()).toBe(false);
});
