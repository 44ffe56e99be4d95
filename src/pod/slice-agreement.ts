import type { PeerId } from '../base/brand.ts';
import { toHex } from '../base/bytes.ts';
import type { Chunk } from '../model/slice.ts';
import type { Statement } from './slice-message.ts';

interface Word {
  readonly hash: string;
  /** It says that it read the bytes from the source itself, or that the whole file with them in it is what is listed of it. */
  readonly isFirstHand: boolean;
  /** The latter. */
  readonly verified: boolean;
}

const placeOf = ({ start, end }: Chunk): string => `${start}-${end}`;

/**
 * What the members say that the chunks of one file hash to. Where those who know it at first hand agree, it is taken from
 * anybody who has it; where they do not, only the source itself can tell who lies.
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
      for (const { start, end, hash, read, verified } of entries)
        words.set(placeOf({ start, end }), { hash: toHex(hash), isFirstHand: read || verified, verified });
    }
    this.#words.set(peer, words);
  }

  forget(peer: PeerId): void {
    this.#words.delete(peer);
  }

  /**
   * Undefined where nobody knows, or members contradict each other; and where it would be the word of one member alone who
   * has not verified the file, unless `alone` lets that do: nobody else can be asked.
   */
  hashOf(chunk: Chunk, alone: boolean): string | undefined {
    const words = this.#about(chunk).map(([, word]) => word);
    const firstHand = words.filter(word => word.isFirstHand);
    const [hash, ...others] = new Set((firstHand.length > 0 ? firstHand : words).map(word => word.hash));
    const isEnough = alone || firstHand.length > 1 || firstHand.some(({ verified }) => verified);
    return isEnough && others.length === 0 ? hash : undefined;
  }

  /** Who says to have the chunk with this hash. */
  holders(chunk: Chunk, hash: string | undefined): PeerId[] {
    return this.#about(chunk).flatMap(([peer, word]) => (word.hash === hash ? [peer] : []));
  }

  /** Those of them on whose word the others have it. */
  vouchers(chunk: Chunk, hash: string): PeerId[] {
    return this.#about(chunk).flatMap(([peer, word]) =>
      word.isFirstHand && word.hash === hash ? [peer] : [],
    );
  }

  /** Who says to have read other bytes from the source than the source gave. */
  refuted(chunk: Chunk, hash: string): PeerId[] {
    return this.#about(chunk).flatMap(([peer, word]) =>
      word.isFirstHand && word.hash !== hash ? [peer] : [],
    );
  }

  #about(chunk: Chunk): [PeerId, Word][] {
    const place = placeOf(chunk);
    return [...this.#words].flatMap(([peer, words]) => {
      const word = words.get(place);
      return word ? [[peer, word] as [PeerId, Word]] : [];
    });
  }
}
