import { TabmeshError } from '../base/error.ts';
import { headerBytesMax, metadataStringBytesMax } from '../base/limits.ts';

/** Thrown where the header goes on beyond the bytes at hand; at least `bytes` of the file are needed. */
export class NeedsMore {
  readonly bytes: number;
  constructor(bytes: number) {
    this.bytes = bytes;
  }
}

/** Steps through the beginning of a file of `fileBytes`; never past it, and never past what a header may take. */
export class HeaderCursor {
  at = 0;
  readonly fileBytes: number;
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  readonly #utf8 = new TextDecoder();

  constructor(bytes: Uint8Array, fileBytes: number) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.fileBytes = fileBytes;
  }

  skip(count: number, what: string): void {
    const end = this.at + count;
    if (end > this.fileBytes) throw corrupt(`the file ends within ${what}`);
    if (end > headerBytesMax) throw tooMuch(`${end} bytes (at ${what})`, headerBytesMax);
    if (end > this.#bytes.length) throw new NeedsMore(end);
    this.at = end;
  }

  uint32(what: string): number {
    this.skip(4, what);
    return this.#view.getUint32(this.at - 4, true);
  }

  uint64(what: string): number {
    this.skip(8, what);
    const high = this.#view.getUint32(this.at - 4, true);
    if (high > 0x1fffff) throw corrupt(`${what} has a number beyond 2^53`);
    return high * 2 ** 32 + this.#view.getUint32(this.at - 8, true);
  }

  /** A count of things of at least `least` bytes each. */
  count(what: string, max: number, least: number): number {
    const count = this.uint64(`the count of ${what}`);
    if (count * least > this.fileBytes - this.at)
      throw corrupt(`the file claims ${count} ${what}, more than it can hold`);
    if (count > max) throw tooMuch(`${count} ${what}`, max);
    return count;
  }

  skipString(what: string, max = metadataStringBytesMax): number {
    const length = this.uint64(what);
    if (length > this.fileBytes - this.at) throw corrupt(`the file ends within ${what}`);
    if (length > max) throw tooMuch(`a string of ${length} bytes (${what})`, max);
    this.skip(length, what);
    return length;
  }

  string(what: string, max: number): string {
    const length = this.skipString(what, max);
    return this.#utf8.decode(this.#bytes.subarray(this.at - length, this.at));
  }

  text(length: number, what: string): string {
    this.skip(length, what);
    return this.#utf8.decode(this.#bytes.subarray(this.at - length, this.at));
  }
}

export function corrupt(fault: string): TabmeshError {
  return new TabmeshError('corrupt', 'model', `The model file is damaged: ${fault}.`);
}

const tooMuch = (what: string, max: number): TabmeshError =>
  new TabmeshError('unsupported', 'model', `The model's header has ${what}; at most ${max} are supported.`);
