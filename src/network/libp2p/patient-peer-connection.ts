/**
 * The dialing side of @libp2p/webrtc 6.0.33 opens a channel named "init" and waits for its 'open', then for its
 * 'close'. The answering side closes that channel as soon as it sees it, so that both may have happened before
 * anybody listens; then the dial hangs until its timeout (measured on a busy machine: 1 dial in 5, and the "1-4 of
 * 15 dials timed out" of research). Here a listener that comes too late is still called. No issue was found in
 * js-libp2p; remove when initiate-connection.ts there looks at `readyState` before it waits for 'close'.
 */
export function patientPeerConnection(base: typeof RTCPeerConnection): typeof RTCPeerConnection {
  return class extends base {
    override createDataChannel(label: string, init?: RTCDataChannelInit): RTCDataChannel {
      const channel = super.createDataChannel(label, init);
      return label === 'init' ? patient(channel) : channel;
    }
  };
}

function patient(channel: RTCDataChannel): RTCDataChannel {
  const listen = channel.addEventListener.bind(channel);
  const tell = (type: string) => channel.dispatchEvent(new Event(type));
  listen('close', () => tell('open'));
  channel.addEventListener = (type: string, ...rest: [EventListenerOrEventListenerObject]) => {
    listen(type, ...rest);
    const { readyState } = channel;
    const ended = readyState === 'closed' || readyState === 'closing';
    if ((type === 'open' && ended) || (type === 'close' && readyState === 'closed')) {
      queueMicrotask(() => tell(type));
    }
  };
  return channel;
}
