import { Uint8ArrayList } from 'uint8arraylist';
import { TabmeshError } from '../../base/error.ts';

/**
 * What one channel writes into its byte stream. Numbers are unsigned varints (multiformats), at most 32 bits.
 *
 *   message  length + 1, then the bytes
 *   credit   0, cost      the reader has taken that much (send-window.ts)
 *   end      0, 0         said before the stream closes, so that a stream cut short is not taken for a whole one
 */
export type Frame =
  | { readonly kind: 'message'; readonly message: Uint8Array }
  | { readonly kind: 'credit'; readonly cost: number }
  | { readonly kind: 'end' };

export function messageFrame(message: Uint8Array): Uint8Array {
  const prefix = varint(message.length + 1);
  const frame = new Uint8Array(prefix.length + message.length);
  frame.set(prefix);
  frame.set(message, prefix.length);
  return frame;
}

export const creditFrame = (cost: number): Uint8Array => Uint8Array.of(0, ...varint(cost));
export const endFrame: Uint8Array = Uint8Array.of(0, 0);

/** Holds at most one message, whose claimed length is checked before a byte of it is kept. */
export class FrameReader {
  readonly #messageBytesMax: number;
  readonly #bytes = new Uint8ArrayList();

  constructor(messageBytesMax: number) {
    this.#messageBytesMax = messageBytesMax;
  }

  /** The frames that are whole by now. Throws TabmeshError('invalid') on what no honest peer writes. */
  *push(data: Uint8Array | Uint8ArrayList): Generator<Frame> {
    this.#bytes.append(data);
    for (;;) {
      const prefix = this.#varint(0);
      if (!prefix) return;
      if (prefix.value === 0) {
        const cost = this.#varint(prefix.length);
        if (!cost) return;
        this.#bytes.consume(prefix.length + cost.length);
        yield cost.value === 0 ? { kind: 'end' } : { kind: 'credit', cost: cost.value };
        continue;
      }
      const length = prefix.value - 1;
      if (length > this.#messageBytesMax) {
        const text = `The other side announced a message of ${length} bytes; ${this.#messageBytesMax} are allowed.`;
        throw new TabmeshError('invalid', 'network', text);
      }
      const end = prefix.length + length;
      if (this.#bytes.byteLength < end) return;
      // A copy: the reader's own and aligned. `slice` would cut it out of Node's shared buffer pool.
      const message = new Uint8Array(this.#bytes.subarray(prefix.length, end));
      this.#bytes.consume(end);
      yield { kind: 'message', message };
    }
  }

  #varint(offset: number): { readonly value: number; readonly length: number } | undefined {
    let value = 0;
    for (let index = 0; offset + index < this.#bytes.byteLength; index++) {
      const byte = this.#bytes.get(offset + index);
      value += (byte & 127) * 128 ** index;
      if (value > 0xffffffff || index > 4) {
        throw new TabmeshError('invalid', 'network', 'The other side sent a number that is too large.');
      }
      if (byte < 128) return { value, length: index + 1 };
    }
    return undefined;
  }
}

function varint(value: number): number[] {
  const bytes: number[] = [];
  for (; value > 127; value = Math.floor(value / 128)) bytes.push((value & 127) | 128);
  bytes.push(value);
  return bytes;
}
