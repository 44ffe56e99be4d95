import type { PeerId } from '../base/brand.ts';
import { toHex } from '../base/bytes.ts';
import type { Chunk } from '../model/slice.ts';
import type { Statement } from './slice-message.ts';

interface Word {
  readonly hash: string;
  /** It says that it read the bytes from the source itself. */
  readonly read: boolean;
}

const placeOf = ({ start, end }: Chunk): string => `${start}-${end}`;

/**
 * What the members say that the chunks of one file hash to. Where those who read a chunk from the source agree, it is
 * taken from anybody who has it; where they do not, only the source itself can tell who lies.
 */
export class SliceAgreement {
  readonly #fileBytes: number;
  readonly #version: string;
  readonly #words = new Map<PeerId, Map<string, Word>>();

  constructor(fileBytes: number, version: string) {
    this.#fileBytes = fileBytes;
    this.#version = version;
  }

  /** Takes the place of what `peer` said before. Words about another version of the file do not count. */
  hear(peer: PeerId, statements: readonly Statement[]): void {
    const words = new Map<string, Word>();
    for (const { fileBytes, version, entries } of statements) {
      if (fileBytes !== this.#fileBytes || version !== this.#version) continue;
      for (const { start, end, hash, read } of entries)
        words.set(placeOf({ start, end }), { hash: toHex(hash), read });
    }
    this.#words.set(peer, words);
  }

  forget(peer: PeerId): void {
    this.#words.delete(peer);
  }

  /** Undefined where nobody knows, or members contradict each other. */
  hashOf(chunk: Chunk): string | undefined {
    const words = this.#about(chunk);
    const read = words.filter(([, word]) => word.read);
    const hashes = new Set((read.length > 0 ? read : words).map(([, { hash }]) => hash));
    return hashes.size === 1 ? [...hashes][0] : undefined;
  }

  /** Who says to have the chunk with this hash. */
  holders(chunk: Chunk, hash: string | undefined): PeerId[] {
    return this.#about(chunk).flatMap(([peer, word]) => (word.hash === hash ? [peer] : []));
  }

  /** Who says to have read other bytes from the source than the source gave. */
  refuted(chunk: Chunk, hash: string): PeerId[] {
    return this.#about(chunk).flatMap(([peer, word]) => (word.read && word.hash !== hash ? [peer] : []));
  }

  #about(chunk: Chunk): [PeerId, Word][] {
    const place = placeOf(chunk);
    return [...this.#words].flatMap(([peer, words]) => {
      const word = words.get(place);
      return word ? [[peer, word] as [PeerId, Word]] : [];
    });
  }
}
