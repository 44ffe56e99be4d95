import { copyBytesMax, laneWaitingBytesMax } from '../../base/limits.ts';

/** A stream takes the lowest number of its side that is free, so it has this one only where 127 are open; browsers have 256 at least. */
const laneId = 254;
/** Of the stream, 2 bytes, and of the message, 4; big-endian. */
const headerBytes = 6;

/**
 * A way beside the streams of one WebRTC connection that carries copies of small messages and neither orders nor repeats
 * what it carries. SCTP repeats what was lost after 400 ms at the earliest (dcSCTP's rto_min), many round trips; a copy
 * is there in time unless both are lost.
 *
 * Both sides make the data channel by its number, so nothing is agreed on, and a peer of an earlier version does not see
 * what comes on it. A stream's number is used again only after both sides have had all that was sent before it was
 * closed (RFC 6525, 5.2.2), copies among it, so a copy is never taken for one of another stream.
 */
export class Lane {
  readonly #channel: RTCDataChannel;
  readonly #receivers = new Map<number, (number: number, message: Uint8Array) => void>();

  /** Throws where the connection has ended. */
  constructor(peerConnection: RTCPeerConnection) {
    const unreliable = { negotiated: true, id: laneId, ordered: false, maxRetransmits: 0 };
    this.#channel = peerConnection.createDataChannel('', unreliable);
    this.#channel.binaryType = 'arraybuffer';
    this.#channel.onmessage = ({ data }) => this.#onCopy(data);
  }

  /** Hands over copies that come for a stream, until `leave`. */
  join(stream: number, receive: (number: number, message: Uint8Array) => void): void {
    this.#receivers.set(stream, receive);
  }

  leave(stream: number): void {
    this.#receivers.delete(stream);
  }

  /** `number`: of the message in its stream, from 0. What is large or does not fit any more has no copy. */
  copy(stream: number, number: number, message: Uint8Array): void {
    const { readyState, bufferedAmount } = this.#channel;
    if (message.length > copyBytesMax || readyState !== 'open' || bufferedAmount > laneWaitingBytesMax)
      return;
    const bytes = new Uint8Array(headerBytes + message.length);
    const header = new DataView(bytes.buffer);
    header.setUint16(0, stream);
    header.setUint32(2, number);
    bytes.set(message, headerBytes);
    try {
      this.#channel.send(bytes);
    } catch {
      // It has just closed, and the stream will tell.
    }
  }

  #onCopy(data: unknown): void {
    if (!(data instanceof ArrayBuffer) || data.byteLength < headerBytes) return;
    const header = new DataView(data);
    const receive = this.#receivers.get(header.getUint16(0));
    receive?.(header.getUint32(2), new Uint8Array(data.slice(headerBytes)));
  }
}
