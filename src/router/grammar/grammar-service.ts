import type {
  CompiledGrammar,
  GrammarCompiler,
  GrammarMatcher,
  StructuralTagFormat,
  TokenizerInfo,
} from '@mlc-ai/web-xgrammar';
import * as Comlink from 'comlink';
import { must } from '../../base/assert.ts';
import { TabmeshError } from '../../base/error.ts';
import { grammarsKept, grammarVocabulariesMax } from '../../base/limits.ts';
import { carryErrors } from '../../engine/remote/errors-over-comlink.ts';
import { type EnginePort, toEndpoint } from '../../engine/remote/port.ts';
import type { Following, Grammar, TokenBytes } from './grammar.ts';
import { loadXGrammar } from './xgrammar.ts';

/** Numbers a vocabulary or an answer; given by the asking side. */
export type GrammarId = number;

interface Vocabulary {
  readonly info: TokenizerInfo;
  readonly compiler: GrammarCompiler;
  readonly ends: Uint32Array;
  /** By their text, the latest last. */
  readonly compiled: Map<string, CompiledGrammar>;
}

interface Answer {
  readonly matcher: GrammarMatcher;
  readonly ends: Uint32Array;
}

/** Serves grammars to the other side of `port` (see Grammars), in a worker that may be ended at any moment. */
export function serveGrammars(port: EnginePort): void {
  carryErrors();
  Comlink.expose(new GrammarService(), toEndpoint(port));
}

/** XGrammar prints why it gave up, and throws nothing that says so. After that it must not be used again. */
export class GrammarService {
  readonly #library = loadXGrammar();
  readonly #vocabularies = new Map<GrammarId, Vocabulary>();
  readonly #answers = new Map<GrammarId, Answer>();

  async learn(id: GrammarId, { bytes, ends, endTokens }: TokenBytes): Promise<void> {
    const { TokenizerInfo, GrammarCompiler } = await this.#library;
    const tokens = Array.from(ends, (end, token) => bytes.subarray(ends[token - 1] ?? 0, end));
    // The binding takes the bytes of a text as well.
    const texts = tokens as unknown as string[];
    const info = await TokenizerInfo.createTokenizerInfo(texts, 'raw', false, ends.length, [...endTokens]);
    const compiler = await GrammarCompiler.createGrammarCompiler(info, false);
    this.#vocabularies.set(id, {
      info,
      compiler,
      ends: maskOf(endTokens, ends.length),
      compiled: new Map(),
    });
    const [oldest] = this.#vocabularies.keys();
    if (this.#vocabularies.size > grammarVocabulariesMax) this.#forget(must(oldest));
  }

  /** Begins an answer behind `tokens`; false where the vocabulary has to be learnt first. */
  async begin(
    id: GrammarId,
    vocabulary: GrammarId,
    grammar: Grammar,
    tokens: readonly number[],
  ): Promise<boolean> {
    const { GrammarMatcher } = await this.#library;
    const known = this.#vocabularies.get(vocabulary);
    if (!known) return false;
    const compiled = await compile(known, grammar);
    const matcher = await GrammarMatcher.createGrammarMatcher(compiled);
    for (const token of tokens) accept(matcher, token);
    this.#answers.set(id, { matcher, ends: known.ends });
    return true;
  }

  /** What may follow, after `token` where one came. */
  async follow(id: GrammarId, token?: number): Promise<Following> {
    const { matcher, ends } = must(this.#answers.get(id), 'an answer that has begun');
    if (token !== undefined) accept(matcher, token);
    const mask = new Uint32Array((await matcher.getNextTokenBitmask()).buffer as ArrayBuffer);
    if (mask.every(word => word === 0)) throw deadEnd();
    return mask.every((word, i) => (word & ~ends[i]!) === 0) ? 'end' : Comlink.transfer(mask, [mask.buffer]);
  }

  end(id: GrammarId): void {
    this.#answers.get(id)?.matcher.dispose();
    this.#answers.delete(id);
  }

  #forget(id: GrammarId): void {
    const { compiled, compiler, info } = must(this.#vocabularies.get(id));
    this.#vocabularies.delete(id);
    // Matchers hold on to what they were made of.
    for (const each of compiled.values()) each.dispose();
    compiler.dispose();
    info.dispose();
  }
}

async function compile({ compiler, compiled }: Vocabulary, grammar: Grammar): Promise<CompiledGrammar> {
  const key = JSON.stringify(grammar);
  const made =
    compiled.get(key) ??
    (await (grammar.kind === 'whole'
      ? compiler.compileGrammar(grammar.ebnf)
      : compiler.compileStructuralTag({ type: 'structural_tag', format: behind(grammar) })));
  compiled.delete(key);
  compiled.set(key, made);
  const [oldest] = compiled.keys();
  if (compiled.size > grammarsKept) {
    compiled.get(must(oldest))?.dispose();
    compiled.delete(must(oldest));
  }
  return made;
}

const behind = ({ trigger, ebnf }: Extract<Grammar, { kind: 'behind' }>): StructuralTagFormat => ({
  type: 'triggered_tags',
  triggers: [trigger],
  tags: [{ type: 'tag', begin: trigger, content: { type: 'grammar', grammar: ebnf }, end: '' }],
  stop_after_first: true,
});

function accept(matcher: GrammarMatcher, token: number): void {
  if (!matcher.acceptToken(token)) throw deadEnd();
}

function maskOf(tokens: readonly number[], vocabulary: number): Uint32Array {
  const mask = new Uint32Array(Math.ceil(vocabulary / 32));
  for (const token of tokens) mask[token >>> 5]! |= 1 << (token & 31);
  return mask;
}

const deadEnd = () =>
  new TabmeshError(
    'invalid',
    'router',
    'No token of this model can go on in the form that the answer is held to. Loosen the JSON schema, or ask another model.',
  );
