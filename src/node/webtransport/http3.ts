import { http3FrameBytesMax } from '../../base/limits.ts';

/** What is needed of HTTP/3 (RFC 9114) and of WebTransport over it to take in a session. */
export const webTransportStream = 0x41;
const headersFrame = 0x01;
const settingsFrame = 0x04;
const controlStream = 0x00;

/** Browsers know WebTransport by what the draft of their day says, so all are offered. */
const settings: readonly (readonly [id: number, value: number])[] = [
  [0x01, 0], // no QPACK table
  [0x07, 0], // nor streams that wait for one
  [0x08, 1], // extended CONNECT
  [0x33, 1], // datagrams, RFC 9297
  [0x2b603742, 1], // WebTransport, draft 2
  [0xc671706a, 1], // sessions at once, draft 7
  [0x14e9cd29, 1], // sessions at once, draft 13
  [0x2c7cf000, 1], // WebTransport, draft 14
];

export const errorCodes = {
  none: 0x100,
  protocol: 0x101,
  streamCreation: 0x103,
  excessiveLoad: 0x107,
  requestRejected: 0x10b,
  sessionGone: 0x170d7b68,
} as const;

/** A number as QUIC writes it (RFC 9000, 16), and where it ends; undefined where more bytes are needed. */
export function readVarint(bytes: Uint8Array, at: number): { value: number; end: number } | undefined {
  const first = bytes[at];
  if (first === undefined) return undefined;
  const length = 1 << (first >> 6);
  if (at + length > bytes.length) return undefined;
  let value = first & 0x3f;
  for (let index = 1; index < length; index++) value = value * 256 + bytes[at + index]!;
  return { value, end: at + length };
}

export function writeVarint(value: number): number[] {
  if (value < 0x40) return [value];
  if (value < 0x4000) return [0x40 | (value >> 8), value & 0xff];
  const low = [24, 16, 8, 0].map(shift => (value >>> shift) & 0xff);
  if (value < 0x40000000) return [0x80 | low[0]!, ...low.slice(1)];
  const high = Math.floor(value / 2 ** 32);
  return [0xc0 | (high >>> 24), (high >>> 16) & 0xff, (high >>> 8) & 0xff, high & 0xff, ...low];
}

/** All that this side's control stream says. */
export function controlStreamBytes(): Uint8Array {
  const body = settings.flat().flatMap(writeVarint);
  return Uint8Array.from([controlStream, settingsFrame, ...writeVarint(body.length), ...body]);
}

/** ":status: 200", the 25th of QPACK's static table. */
export const acceptanceBytes = Uint8Array.from([headersFrame, 3, 0x00, 0x00, 0xc0 | 25]);

/** What a stream of the session begins with that this side opens. */
export const sessionStreamBytes = (session: number): Uint8Array =>
  Uint8Array.from([...writeVarint(webTransportStream), ...writeVarint(session)]);

export type StreamHead =
  | { readonly kind: 'request' }
  | { readonly kind: 'session'; readonly session: number; readonly rest: Uint8Array };

/**
 * Reads how a client's bidirectional stream begins. Whoever came so far speaks QUIC with "h3" to this port, on which nothing
 * but WebTransport for libp2p is served, so the path of the request is not looked at (it may be Huffman-coded); who it is
 * shows in the Noise handshake.
 */
export class StreamHeadReader {
  #bytes = new Uint8Array();

  /** Undefined while more is needed. Throws where it is neither a request nor a stream of a session. */
  push(bytes: Uint8Array): StreamHead | undefined {
    this.#bytes = joined(this.#bytes, bytes);
    for (;;) {
      const kind = readVarint(this.#bytes, 0);
      const number = kind && readVarint(this.#bytes, kind.end);
      if (!number) return undefined;
      const { value, end } = number;
      if (kind.value === webTransportStream)
        return { kind: 'session', session: value, rest: this.#bytes.subarray(end) };
      if (value > http3FrameBytesMax) throw new Error(`a frame of ${value} bytes`);
      if (this.#bytes.length < end + value) return undefined;
      if (kind.value === headersFrame) return { kind: 'request' };
      // Types 0x1f * N + 0x21 mean nothing, to see whether others are left alone; what HTTP/3 knows does not come first.
      if (kind.value < 0x21) throw new Error(`a frame of type ${kind.value}`);
      this.#bytes = this.#bytes.slice(end + value);
    }
  }
}

function joined(a: Uint8Array, b: Uint8Array): Uint8Array<ArrayBuffer> {
  const all = new Uint8Array(a.length + b.length);
  all.set(a);
  all.set(b, a.length);
  return all;
}

/** An error of a WebTransport stream as HTTP/3 says it (draft-ietf-webtrans-http3, 4.4). */
export const streamErrorCode = (code: number): number => 0x52e4a40fa8db + code + Math.floor(code / 0x1e);
