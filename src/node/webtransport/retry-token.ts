import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import { quicTokenMs } from '../../base/limits.ts';
import type { QuicheHost } from './quiche.ts';

const idBytes = 20;
const macBytes = 32;
const dateBytes = 8;

/** A client proves with a token that it is where it says, before anything is kept of it or counted for its subnet. */
export class RetryTokens {
  readonly #key = randomBytes(32);
  readonly #now: () => number;

  constructor(now: () => number) {
    this.#now = now;
  }

  /** `id`: the client's first one for this side. The next packet comes to `newId`. */
  make(id: Uint8Array, { host, port }: QuicheHost): { token: Uint8Array; newId: Uint8Array } {
    const said = Buffer.alloc(dateBytes + id.length);
    said.writeDoubleBE(this.#now());
    said.set(id, dateBytes);
    return {
      token: Buffer.concat([this.#mac('token', said, `${host} ${port}`), said]),
      newId: this.#newId(id),
    };
  }

  /** The client's first id, where the token is good for that place and `newId`. */
  read(token: Uint8Array, newId: Uint8Array, { host, port }: QuicheHost): Uint8Array | undefined {
    if (token.length <= macBytes + dateBytes || token.length > macBytes + dateBytes + idBytes)
      return undefined;
    const said = Buffer.from(token.subarray(macBytes));
    if (!timingSafeEqual(token.subarray(0, macBytes), this.#mac('token', said, `${host} ${port}`)))
      return undefined;
    const id = said.subarray(dateBytes);
    const isFresh = this.#now() - said.readDoubleBE() <= quicTokenMs;
    return isFresh && Buffer.compare(this.#newId(id), newId) === 0 ? id : undefined;
  }

  #newId(id: Uint8Array): Uint8Array {
    return this.#mac('id', id, '').subarray(0, idBytes);
  }

  #mac(what: string, bytes: Uint8Array, place: string): Buffer {
    return createHmac('sha256', this.#key).update(`${what} ${place} `).update(bytes).digest();
  }
}
