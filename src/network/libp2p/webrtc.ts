import type { Stream } from '@libp2p/interface';
import type { webRTC } from '@libp2p/webrtc';
import type { Uint8ArrayList } from 'uint8arraylist';
import { connectedFirst } from './connected-first.ts';
import { patientPeerConnection } from './patient-peer-connection.ts';

type Init = Parameters<typeof webRTC>[0];
type TransportOf = ReturnType<typeof webRTC>;
interface Patched {
  readonly shutdownController: AbortController;
  _closeOnShutdown(peerConnection: RTCPeerConnection, connection: Closable): void;
}
interface Closable extends EventTarget {
  readonly timeline: object;
  close(): Promise<void>;
  abort(error: Error): void;
}

/**
 * WebRTC without two faults of @libp2p/webrtc 6.0.33, by replacing the one private method that sees each connection:
 *
 * - It waits for RTCPeerConnection's 'close' event, which no browser fires, before it lets go of a connection: every
 *   one is kept until the page goes, and Chrome refuses the 501st (https://github.com/libp2p/js-libp2p/issues/3567).
 *   Remove when tests/network counts no retained connections without it.
 * - It does not see that the other side has closed: `connectionState` goes to 'failed' only 15 s later (measured),
 *   while the DTLS transport is 'closed' at once. Remove when tests/network prints a departure under 1 s without it.
 */
export async function patchedWebRtc(init: Init): Promise<TransportOf> {
  const webRTC = await (loading ??= loadWebRtc());
  return components => {
    const transport = webRTC(init)(connectedFirst(components));
    const patched = transport as unknown as Patched;
    patched._closeOnShutdown = (peerConnection, connection) => {
      peerConnections.set(connection.timeline, peerConnection);
      const shutDown = patched.shutdownController.signal;
      const close = () => void connection.close().catch(() => {});
      shutDown.addEventListener('abort', close);
      const letGo = () => {
        shutDown.removeEventListener('abort', close);
        peerConnections.delete(connection.timeline);
      };
      connection.addEventListener('close', letGo, { once: true });
      const dtls = peerConnection.sctp?.transport;
      dtls?.addEventListener('statechange', () => {
        if (dtls.state === 'closed') connection.abort(new Error('The other side closed the connection.'));
      });
    };
    return transport;
  };
}

/** By the timeline, which libp2p's connection has in common with the one underneath that it does not show. */
const peerConnections = new WeakMap<object, RTCPeerConnection>();

/** What carries a connection; undefined where that is no WebRTC, or has ended. */
export const peerConnectionOf = (connection: { readonly timeline: object }): RTCPeerConnection | undefined =>
  peerConnections.get(connection.timeline);

/**
 * @libp2p/webrtc 6.0.33 gives the data channel the length of a message and the message one after the other: two packets and, at the other
 * side, two tasks for each. Here they go as one; who reads them cannot tell. Does nothing to streams of other transports. Remove when
 * `_sendMessage` of its stream.ts sends once.
 */
export function sendWhole(stream: Stream): void {
  const raw = stream as unknown as { _sendMessage?: (data: Iterable<Uint8Array>) => void };
  const send = raw._sendMessage?.bind(stream);
  if (send) raw._sendMessage = data => send([(data as Uint8ArrayList).subarray()]);
}

let loading: Promise<typeof webRTC> | undefined;

/** The library takes the page's RTCPeerConnection once, while it loads; the page gets its own back at once. */
async function loadWebRtc(): Promise<typeof webRTC> {
  const original = globalThis.RTCPeerConnection;
  globalThis.RTCPeerConnection = patientPeerConnection(original);
  try {
    return (await import('@libp2p/webrtc')).webRTC;
  } finally {
    globalThis.RTCPeerConnection = original;
  }
}
