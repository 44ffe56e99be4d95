/** Text to tokens and back, as llama.cpp does it, out of a GGUF header alone. */
import { sha256Hex } from '../base/bytes.ts';
import { TabmeshError } from '../base/error.ts';
import { vocabularyMax } from '../base/limits.ts';
import { createBytePairEncoder } from './byte-pair.ts';
import type { Metadata } from './metadata.ts';
import { createSentencePieceEncoder } from './sentence-piece.ts';
import { splitSpecial } from './special-tokens.ts';
import { type TokenCodec, tokenKinds, type Vocabulary } from './vocabulary.ts';

export interface Tokenizer {
  /**
   * `special` reads control tokens such as <|im_end|> out of the text; without it they are plain text. `bos` puts the
   * beginning-of-sequence token in front where the model wants one. Time is bounded by the length times its logarithm.
   */
  encode(text: string, options: { readonly special: boolean; readonly bos: boolean }): number[];
  /**
   * The text of a whole sequence: a space that `encode` put in front is taken off. Control tokens are left out unless
   * `special`. Bytes that are no UTF-8 become U+FFFD. A continuation (an answer) is read with `stream`.
   */
  decode(tokens: readonly number[], options?: { readonly special?: boolean }): string;
  /** The text of a continuation, token by token; control tokens are left out, but for those `shown`. */
  stream(shown?: ReadonlySet<number>): TextStream;
  /** What `stream` makes its text of. */
  bytes(token: number, shown?: ReadonlySet<number>): Uint8Array;
  piece(token: number): TokenPiece;
  /** A hash of what each token id stands for: where two are equal, so is what their models' tokens mean. */
  fingerprint(): Promise<string>;
  /** Tokens that end an answer. */
  readonly endTokens: ReadonlySet<number>;
  /** Defined where the model wants every sequence to begin with it. */
  readonly bos?: number;
}

/** A token by itself, as the text of an answer is made of. */
export interface TokenPiece {
  /** Where the bytes are no whole characters, as OpenAI writes them: \xf0\x9f. */
  readonly text: string;
  /** Undefined for control tokens, which are left out of an answer. */
  readonly bytes: Uint8Array | undefined;
}

export interface TextStream {
  /** The text that this token completes; empty while a character is incomplete. */
  push(token: number): string;
  /** What is left, U+FFFD for an incomplete character. */
  end(): string;
}

/** Throws TabmeshError('corrupt' | 'unsupported', 'model'). `size` is the number of rows of the embedding. */
export function createTokenizer(metadata: Metadata, size: number): Tokenizer {
  const vocabulary = readVocabulary(metadata, size);
  const codec = createCodec(metadata, vocabulary);
  const bos =
    metadata.flag('tokenizer.ggml.add_bos_token', codec.bosByDefault) &&
    metadata.has('tokenizer.ggml.bos_token_id')
      ? readId(metadata, 'bos', size)
      : undefined;
  const bytesOf = (token: number, special: boolean): Uint8Array => {
    const kind = vocabulary.kinds[token];
    if (kind === undefined)
      throw new TabmeshError('invalid', 'model', `There is no token ${token}; ids go from 0 to ${size - 1}.`);
    if (isControl(kind)) return special ? utf8.encode(vocabulary.tokens[token]) : nothing;
    if (kind === tokenKinds.user) return utf8.encode(vocabulary.tokens[token]);
    return codec.bytes(token);
  };
  return {
    encode(text, { special, bos: begin }) {
      const tokens = begin && bos !== undefined ? [bos] : [];
      let behindSpecial = true;
      for (const part of splitSpecial(vocabulary, text.toWellFormed(), special)) {
        if (typeof part === 'number') tokens.push(part);
        else for (const token of codec.encode(part, behindSpecial)) tokens.push(token);
        behindSpecial = typeof part === 'number';
      }
      return tokens;
    },
    decode(tokens, { special = false } = {}) {
      const decoder = new TextDecoder('utf-8', { ignoreBOM: true });
      let text = '';
      for (const token of tokens) text += decoder.decode(bytesOf(token, special), { stream: true });
      text += decoder.decode();
      return codec.spaceInFront && text.startsWith(' ') ? text.slice(1) : text;
    },
    stream(shown) {
      const decoder = new TextDecoder('utf-8', { ignoreBOM: true });
      return {
        push: token => decoder.decode(bytesOf(token, shown?.has(token) ?? false), { stream: true }),
        end: () => decoder.decode(),
      };
    },
    bytes: (token, shown) => bytesOf(token, shown?.has(token) ?? false),
    piece(token) {
      const bytes = bytesOf(token, true);
      return { text: pieceText(bytes), bytes: isControl(vocabulary.kinds[token]) ? undefined : bytes };
    },
    fingerprint: () => fingerprintOf(vocabulary),
    endTokens: readEndTokens(metadata, vocabulary),
    ...(bos === undefined ? {} : { bos }),
  };
}

/** The order of merges is left out: it says how text becomes tokens, and not what a token is. */
async function fingerprintOf({ tokens, kinds }: Vocabulary): Promise<string> {
  return sha256Hex(new TextEncoder().encode(JSON.stringify([tokens, ...kinds])));
}

function createCodec(metadata: Metadata, vocabulary: Vocabulary): TokenCodec {
  const model = metadata.text('tokenizer.ggml.model');
  if (model === 'gpt2') return createBytePairEncoder(metadata, vocabulary);
  if (model === 'llama') return createSentencePieceEncoder(metadata, vocabulary);
  throw new TabmeshError(
    'unsupported',
    'model',
    `The tokenizer ${JSON.stringify(model.slice(0, 64))} is not supported. Supported are gpt2 and llama.`,
  );
}

function readVocabulary(metadata: Metadata, size: number): Vocabulary {
  const tokens = metadata.texts('tokenizer.ggml.tokens');
  if (tokens.length !== size || size > vocabularyMax)
    throw corrupt(`the vocabulary has ${tokens.length} tokens and the embedding ${size} rows`);
  if (!metadata.has('tokenizer.ggml.token_type'))
    return { tokens, kinds: new Uint8Array(size).fill(tokenKinds.normal) };
  const kinds = metadata.numbers('tokenizer.ggml.token_type');
  if (kinds.length !== size) throw corrupt(`there are ${kinds.length} token types for ${size} tokens`);
  const strange = kinds.find(kind => !Number.isInteger(kind) || kind < 0 || kind > tokenKinds.byte);
  if (strange !== undefined) throw corrupt(`there is a token of type ${strange}`);
  return { tokens, kinds: Uint8Array.from(kinds) };
}

const endTexts = ['<|im_end|>', '<|eot_id|>', '<|eom_id|>', '<end_of_turn>', '<|endoftext|>', '<|end|>'];

function readEndTokens(metadata: Metadata, { tokens, kinds }: Vocabulary): Set<number> {
  const ends = new Set<number>();
  for (const name of ['eos', 'eot', 'eom'])
    if (metadata.has(`tokenizer.ggml.${name}_token_id`)) ends.add(readId(metadata, name, tokens.length));
  for (const text of endTexts) {
    const token = tokens.indexOf(text);
    if (token >= 0 && kinds[token] === tokenKinds.control) ends.add(token);
  }
  return ends;
}

const isControl = (kind: number | undefined): boolean =>
  kind === tokenKinds.control || kind === tokenKinds.unknown;

function pieceText(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    const escaped = (byte: number) => (byte < 0x80 ? String.fromCharCode(byte) : `\\x${byte.toString(16)}`);
    return Array.from(bytes, escaped).join('');
  }
}

const readId = (metadata: Metadata, name: string, size: number): number =>
  metadata.integer(`tokenizer.ggml.${name}_token_id`, 0, size - 1);

const utf8 = new TextEncoder();
const nothing = new Uint8Array();

const corrupt = (fault: string) =>
  new TabmeshError('corrupt', 'model', `The model file is damaged: ${fault}.`);
