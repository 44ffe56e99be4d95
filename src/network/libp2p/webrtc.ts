import { webRTC } from '@libp2p/webrtc';

type Components = Parameters<ReturnType<typeof webRTC>>[0];
type Transport = ReturnType<ReturnType<typeof webRTC>>;
interface Leaky {
  readonly shutdownController: AbortController;
  _closeOnShutdown(peerConnection: RTCPeerConnection, connection: Closable): void;
}
interface Closable extends EventTarget {
  close(): Promise<void>;
}

/**
 * @libp2p/webrtc 6.0.33 waits for RTCPeerConnection's 'close' event, which no browser fires, before it lets go of
 * a connection: every one is kept until the page goes, and Chrome refuses the 501st
 * (https://github.com/libp2p/js-libp2p/issues/3567). This replaces the private method that does it. Remove when
 * tests/network counts no retained connections without it.
 */
export const webRtcWithoutLeak =
  (init: Parameters<typeof webRTC>[0]) =>
  (components: Components): Transport => {
    const transport = webRTC(init)(components);
    const leaky = transport as unknown as Leaky;
    leaky._closeOnShutdown = (_peerConnection, connection) => {
      const shutDown = leaky.shutdownController.signal;
      const close = () => void connection.close().catch(() => {});
      shutDown.addEventListener('abort', close);
      connection.addEventListener('close', () => shutDown.removeEventListener('abort', close), {
        once: true,
      });
    };
    return transport;
  };
