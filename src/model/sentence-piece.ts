/**
 * SentencePiece as llama.cpp runs it (llm_tokenizer_spm): characters are merged pairwise, the pair with the highest
 * score first, leftmost among equals. The tokenizers library ranks merges and knows no scores, so it cannot do this.
 */
import { TabmeshError } from '../base/error.ts';
import type { Metadata } from './metadata.ts';
import { PairQueue } from './pair-queue.ts';
import { type TokenCodec, tokenKinds, type Vocabulary } from './vocabulary.ts';

const space = '\u2581';

export function createSentencePieceEncoder(metadata: Metadata, vocabulary: Vocabulary): TokenCodec {
  const { tokens, kinds } = vocabulary;
  const scores = Float32Array.from(metadata.numbers('tokenizer.ggml.scores'));
  if (scores.length !== tokens.length)
    throw new TabmeshError(
      'corrupt',
      'model',
      `The model file is damaged: there are ${scores.length} scores for ${tokens.length} tokens.`,
    );
  const spaceInFront = metadata.flag('tokenizer.ggml.add_space_prefix', true);
  const unknown = metadata.has('tokenizer.ggml.unknown_token_id')
    ? metadata.integer('tokenizer.ggml.unknown_token_id', 0, tokens.length - 1)
    : undefined;
  let pieces: Pieces | undefined;
  return {
    spaceInFront,
    bosByDefault: true,
    encode(text, first) {
      pieces ??= collectPieces(vocabulary, scores);
      const spaced = (spaceInFront && first ? ` ${text}` : text).replaceAll(' ', space);
      return mergePieces(spaced, pieces, unknown);
    },
    bytes(token) {
      if (kinds[token] === tokenKinds.byte) return Uint8Array.of(byteOf(tokens[token]!) ?? 0x3f);
      if (kinds[token] === tokenKinds.normal) return utf8.encode(tokens[token]!.replaceAll(space, ' '));
      return new Uint8Array();
    },
  };
}

interface Pieces {
  readonly ids: ReadonlyMap<string, number>;
  readonly bytes: ReadonlyMap<number, number>;
  readonly scores: Float32Array;
  /** UTF-16 units of the longest piece: a longer pair need not be looked up. */
  readonly longest: number;
}

function collectPieces({ tokens, kinds }: Vocabulary, scores: Float32Array): Pieces {
  const ids = new Map<string, number>();
  const bytes = new Map<number, number>();
  let longest = 0;
  tokens.forEach((token, id) => {
    const byte = kinds[id] === tokenKinds.byte ? byteOf(token) : undefined;
    if (byte !== undefined) bytes.set(byte, id);
    // Plain text never becomes a control token, whatever it says.
    if (kinds[id] === tokenKinds.control || kinds[id] === tokenKinds.byte) return;
    ids.set(token, id);
    longest = Math.max(longest, token.length);
  });
  return { ids, bytes, scores, longest };
}

/** Symbols are spans of the text; `ends` and `befores` link them by where they start. O(n log n). */
function mergePieces(text: string, pieces: Pieces, unknown: number | undefined): number[] {
  const { ids, scores, longest } = pieces;
  const length = text.length;
  const ends = new Uint32Array(length + 1);
  const befores = new Int32Array(length + 1).fill(-1);
  for (let at = 0, before = -1; at < length; ) {
    befores[at] = before;
    before = at;
    ends[at] = at + (text.codePointAt(at)! > 0xffff ? 2 : 1);
    at = ends[at]!;
  }
  const queue = new PairQueue();
  const offer = (start: number) => {
    const middle = ends[start]!;
    if (start < 0 || middle >= length) return;
    const end = ends[middle]!;
    if (end - start > longest) return;
    const id = ids.get(text.slice(start, end));
    if (id !== undefined) queue.push({ start, middle, end, score: scores[id]! });
  };
  for (let at = 0; at < length; at = ends[at]!) offer(at);
  for (let pair = queue.pop(); pair !== undefined; pair = queue.pop()) {
    const { start, middle, end } = pair;
    // Stale where either symbol was merged into another since: a swallowed symbol has end 0.
    if (ends[start] !== middle || ends[middle] !== end) continue;
    ends[start] = end;
    ends[middle] = 0;
    if (end < length) befores[end] = start;
    if (befores[start]! >= 0) offer(befores[start]!);
    offer(start);
  }
  const result: number[] = [];
  for (let at = 0; at < length; at = ends[at]!) {
    const symbol = text.slice(at, ends[at]);
    const id = ids.get(symbol);
    if (id !== undefined) result.push(id);
    else
      for (const byte of utf8.encode(symbol)) {
        const token = pieces.bytes.get(byte) ?? unknown;
        if (token !== undefined) result.push(token);
      }
  }
  return result;
}

const utf8 = new TextEncoder();

const byteOf = (token: string): number | undefined => {
  const hex = /^<0x([0-9A-Fa-f]{2})>$/.exec(token)?.[1];
  return hex === undefined ? undefined : Number.parseInt(hex, 16);
};
