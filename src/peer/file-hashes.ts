import { sha256 } from '@noble/hashes/sha2.js';
import { toHex } from '../base/bytes.ts';
import { hashPieceBytes } from '../base/limits.ts';
import { turn } from '../engine/turn.ts';
import type { ListedHash } from '../model/hub-search.ts';
import type { ByteSource } from '../model/source.ts';

/**
 * SHA-256 of the files of a model while its chunks are read in the order of the file. What lies between them, headers and padding, is
 * read from the source. `crypto.subtle` wants a whole file at once, which no tab has room for.
 */
export class FileHashes {
  readonly #files: readonly ListedHash[];
  readonly #source: ByteSource;
  #hash = sha256.create();
  #file = 0;
  /** Of all files together, and of the present one. */
  #taken = 0;
  #inFile = 0;
  #equal = true;

  /** `files` in the order in which `source` has them, one behind the other. */
  constructor(files: readonly ListedHash[], source: ByteSource) {
    this.#files = files;
    this.#source = source;
  }

  /** Bytes that stand at `start`, behind all that were added before. */
  async add(start: number, bytes: Uint8Array, signal: AbortSignal): Promise<void> {
    await this.#fill(start, signal);
    await this.#take(bytes, signal);
  }

  /** Whether every file is the one that was listed. */
  async end(signal: AbortSignal): Promise<boolean> {
    const bytes = await this.#source.size(signal);
    await this.#fill(bytes, signal);
    return this.#equal && this.#file === this.#files.length;
  }

  async #fill(end: number, signal: AbortSignal): Promise<void> {
    while (this.#taken < end) {
      const to = Math.min(end, this.#taken + hashPieceBytes);
      await this.#take(await this.#source.read(this.#taken, to, signal), signal);
    }
  }

  async #take(bytes: Uint8Array, signal: AbortSignal): Promise<void> {
    for (let at = 0; at < bytes.length; ) {
      signal.throwIfAborted();
      const file = this.#files[this.#file];
      // More than was listed.
      if (!file) this.#equal = false;
      const left = file ? file.bytes - this.#inFile : bytes.length;
      const piece = bytes.subarray(at, at + Math.min(left, hashPieceBytes));
      this.#hash.update(piece);
      at += piece.length;
      this.#taken += piece.length;
      this.#inFile += piece.length;
      if (file && this.#inFile === file.bytes) this.#next(file);
      // The page goes on between two pieces.
      await turn();
    }
  }

  #next({ sha256: listed }: ListedHash): void {
    this.#equal &&= toHex(this.#hash.digest()) === listed;
    this.#hash = sha256.create();
    this.#file += 1;
    this.#inFile = 0;
  }
}
