import { Tokenizer as Library } from '@huggingface/tokenizers';
import { TabmeshError } from '../base/error.ts';
import type { Metadata } from './metadata.ts';
import { type TokenCodec, tokenKinds, type Vocabulary } from './vocabulary.ts';

interface PreTokenizer {
  readonly pattern: string;
  /** A word that is a token by itself is not built by merges. */
  readonly ignoreMerges: boolean;
  readonly bos: boolean;
}

// Patterns and flags: llama.cpp, llama-vocab.cpp (llm_tokenizer_bpe, llama_vocab::impl::load).
const gpt2: PreTokenizer = {
  pattern: "'s|'t|'re|'ve|'m|'ll|'d| ?\\p{L}+| ?\\p{N}+| ?[^\\s\\p{L}\\p{N}]+|\\s+(?!\\S)|\\s+",
  ignoreMerges: false,
  bos: false,
};
/** `letters`: what words are made of. */
const words = (digits: string, letters = '\\p{L}') =>
  `(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\\r\\n\\p{L}\\p{N}]?[${letters}]+|${digits}| ?[^\\s${letters}\\p{N}]+[\\r\\n]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+`;
const llama3: PreTokenizer = { pattern: words('\\p{N}{1,3}'), ignoreMerges: true, bos: true };
const qwen2: PreTokenizer = { pattern: words('\\p{N}'), ignoreMerges: false, bos: false };
/** Combining marks belong to words. */
const qwen35: PreTokenizer = {
  pattern: words('\\p{N}', '\\p{L}\\p{M}'),
  ignoreMerges: false,
  bos: false,
};

const preTokenizers: ReadonlyMap<string, PreTokenizer> = new Map([
  ['gpt-2', gpt2],
  ['llama-bpe', llama3],
  ['llama3', llama3],
  ['llama-v3', llama3],
  ['qwen2', qwen2],
  ['deepseek-r1-qwen', qwen2],
  ['qwen35', qwen35],
]);

/** Byte-level BPE ("gpt2" in GGUF). Throws TabmeshError('unsupported' | 'corrupt', 'model'). */
export function createBytePairEncoder(metadata: Metadata, vocabulary: Vocabulary): TokenCodec {
  const name = metadata.text('tokenizer.ggml.pre', 'default');
  const pre = preTokenizers.get(name);
  if (pre === undefined)
    throw new TabmeshError(
      'unsupported',
      'model',
      `The pre-tokenizer ${JSON.stringify(name.slice(0, 64))} is not supported. Supported are ${[...preTokenizers.keys()].join(', ')}.`,
    );
  const merges = metadata.texts('tokenizer.ggml.merges');
  let library: Library | undefined;
  return {
    spaceInFront: false,
    bosByDefault: pre.bos,
    encode(text) {
      // Built when first used: a peer that only holds layers never needs it, and it takes half a second for Qwen.
      library ??= createLibrary(vocabulary, merges, pre);
      return library.encode(text, { add_special_tokens: false }).ids;
    },
    bytes(token) {
      if (vocabulary.kinds[token] !== tokenKinds.normal) return new Uint8Array();
      return Uint8Array.from(vocabulary.tokens[token]!, unit => byteOf.get(unit) ?? 0x3f);
    },
  };
}

function createLibrary(vocabulary: Vocabulary, merges: readonly string[], pre: PreTokenizer): Library {
  const vocab: Record<string, number> = Object.create(null);
  vocabulary.tokens.forEach((token, id) => {
    // Plain text never becomes a control token, whatever it says.
    if (vocabulary.kinds[id] !== tokenKinds.control) vocab[token] = id;
  });
  return new Library(
    {
      added_tokens: [],
      normalizer: null,
      pre_tokenizer: {
        type: 'Sequence',
        pretokenizers: [
          { type: 'Split', pattern: { Regex: pre.pattern }, behavior: 'Isolated', invert: false },
          { type: 'ByteLevel', add_prefix_space: false, use_regex: false },
        ],
      },
      post_processor: null,
      decoder: null,
      model: { type: 'BPE', vocab, merges, ignore_merges: pre.ignoreMerges },
    },
    {},
  );
}

/** GPT-2's printable stand-ins for bytes: https://github.com/openai/gpt-2/blob/master/src/encoder.py bytes_to_unicode */
const byteOf: ReadonlyMap<string, number> = (() => {
  const units = new Map<string, number>();
  let spare = 256;
  for (let byte = 0; byte < 256; byte++) {
    const printable = (byte >= 33 && byte <= 126) || (byte >= 161 && byte !== 173);
    units.set(String.fromCharCode(printable ? byte : spare++), byte);
  }
  return units;
})();
