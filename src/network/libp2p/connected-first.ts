import type { Upgrader } from '@libp2p/interface';
import { rtcConnectedMs } from '../../base/limits.ts';

/**
 * The answering side of @libp2p/webrtc 6.0.33 takes the end of the signalling for success: where the dialing side gave up, since no way was
 * found, it keeps a connection that was never there (`readCandidatesUntilConnected` swallows the error), and whoever opens a stream over it
 * waits for nothing. Here an inbound one counts once it is connected. No issue was found in js-libp2p; remove when handleIncomingStream there
 * throws for a peer connection that is not connected.
 */
export function connectedFirst<Components extends { readonly upgrader: Upgrader }>(
  components: Components,
): Components {
  const upgradeInbound: Upgrader['upgradeInbound'] = async (connection, options) => {
    const { peerConnection } = connection as unknown as { peerConnection: RTCPeerConnection };
    await untilConnected(peerConnection, options.signal);
    return components.upgrader.upgradeInbound(connection, options);
  };
  const upgrader = {
    get: () => Object.create(components.upgrader, { upgradeInbound: { value: upgradeInbound } }),
  };
  return Object.create(components, { upgrader });
}

async function untilConnected(peerConnection: RTCPeerConnection, signal?: AbortSignal): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const fail = () => reject(new Error('No way to the other side was found.'));
  const look = () => {
    const { connectionState } = peerConnection;
    if (connectionState === 'connected') resolve();
    else if (connectionState === 'failed' || connectionState === 'closed') fail();
  };
  const timer = setTimeout(fail, rtcConnectedMs);
  signal?.addEventListener('abort', fail, { once: true });
  peerConnection.addEventListener('connectionstatechange', look);
  look();
  try {
    await promise;
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener('abort', fail);
    peerConnection.removeEventListener('connectionstatechange', look);
  }
}
