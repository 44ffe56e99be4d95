import * as Comlink from 'comlink';
import { assert } from '../../base/assert.ts';
import type { Clock } from '../../base/clock.ts';
import { within } from '../../base/deadline.ts';
import { TabmeshError } from '../../base/error.ts';
import { grammarMs } from '../../base/limits.ts';
import { carryErrors } from '../../engine/remote/errors-over-comlink.ts';
import { type EnginePort, onDeath, terminate, toEndpoint } from '../../engine/remote/port.ts';
import type { Tokenizer } from '../../model/tokenizer.ts';
import type { Following, Grammar, TokenBytes } from './grammar.ts';
import type { GrammarId, GrammarService } from './grammar-service.ts';

/** One answer that is held to a grammar. */
export interface HeldAnswer {
  /** What may follow the tokens that were accepted. */
  following(): Promise<Following>;
  accept(token: number): void;
  close(): void;
}

interface Line {
  readonly service: Comlink.Remote<GrammarService>;
  /** Aborts when the worker is gone. */
  readonly gone: AbortSignal;
  end(reason: TabmeshError): void;
}

/**
 * Grammars over the vocabularies of models, in a worker that is started for the first of them. A grammar comes out of a schema
 * that anybody may have written: where compiling it breaks the worker, or takes longer than `grammarMs`, that request is
 * refused, and answers under way go on in another worker.
 */
export class Grammars {
  readonly #start: () => EnginePort;
  readonly #clock: Clock;
  readonly #vocabularies = new WeakMap<Tokenizer, Map<string, GrammarId>>();
  #line: Line | undefined;
  #ids = 0;

  /** `start` makes a worker that runs serveGrammars. */
  constructor(start: () => EnginePort, clock: Clock) {
    carryErrors();
    this.#start = start;
    this.#clock = clock;
  }

  /**
   * `size` tokens. `shown` are control tokens that the grammar may write, by their text; all others it never does. Rejects with
   * TabmeshError('invalid', 'router') where it cannot be compiled.
   */
  async begin(
    grammar: Grammar,
    tokenizer: Tokenizer,
    size: number,
    shown: ReadonlySet<number>,
    signal?: AbortSignal,
  ): Promise<HeldAnswer> {
    const id = this.#ids++;
    const vocabulary = this.#vocabularyId(tokenizer, shown);
    const accepted: number[] = [];
    let line: Line | undefined;
    let next: Promise<Following> | undefined;

    const connect = async (current: Line) => {
      const start = () => current.service.begin(id, vocabulary, grammar, accepted);
      if (await this.#call(current, start, signal)) return;
      const bytes = tokenBytes(tokenizer, size, shown);
      await this.#call(current, () => current.service.learn(vocabulary, transferred(bytes)), signal);
      assert(await this.#call(current, start, signal), 'a vocabulary that was learnt is there');
    };
    const follow = async (token?: number): Promise<Following> => {
      const current = this.#current();
      if (line === current) return this.#call(current, async () => current.service.follow(id, token), signal);
      await connect(current);
      line = current;
      return this.#call(current, async () => current.service.follow(id), signal);
    };
    next = follow();
    await next;
    return {
      following: async () => {
        try {
          return await (next ??= follow());
        } catch (error) {
          // Somebody else's grammar took the worker along: once more, in another.
          if (!line?.gone.aborted) throw error;
          return await (next = follow());
        }
      },
      accept: token => {
        accepted.push(token);
        next = follow(token);
        next.catch(() => {});
      },
      close: () => void line?.service.end(id).catch(() => {}),
    };
  }

  close(): void {
    this.#line?.end(new TabmeshError('cancelled', 'router', 'This peer was stopped.'));
  }

  #vocabularyId(tokenizer: Tokenizer, shown: ReadonlySet<number>): GrammarId {
    let ids = this.#vocabularies.get(tokenizer);
    if (!ids) this.#vocabularies.set(tokenizer, (ids = new Map()));
    const key = [...shown].join();
    const id = ids.get(key) ?? this.#ids++;
    ids.set(key, id);
    return id;
  }

  #current(): Line {
    if (this.#line && !this.#line.gone.aborted) return this.#line;
    const port = this.#start();
    const end = new AbortController();
    const line: Line = {
      service: Comlink.wrap<GrammarService>(toEndpoint(port)),
      gone: end.signal,
      end: reason => {
        if (end.signal.aborted) return;
        end.abort(reason);
        void terminate(port);
      },
    };
    onDeath(port, () => line.end(unheld()));
    this.#line = line;
    return line;
  }

  async #call<T>(line: Line, work: () => Promise<T>, signal: AbortSignal | undefined): Promise<T> {
    const late = () => {
      const reason = new TabmeshError(
        'invalid',
        'router',
        `The form that the answer is held to took longer than ${grammarMs / 1000} s to prepare. Make the JSON schema simpler.`,
      );
      line.end(reason);
      return reason;
    };
    const either = signal ? AbortSignal.any([signal, line.gone]) : line.gone;
    try {
      return await within(this.#clock, grammarMs, late, work, either);
    } catch (error) {
      if (error instanceof TabmeshError || either.aborted) throw error;
      // The library cannot be trusted after a failure of its own.
      const reason = unheld();
      line.end(reason);
      throw reason;
    }
  }
}

function tokenBytes(tokenizer: Tokenizer, size: number, shown: ReadonlySet<number>): TokenBytes {
  const pieces = Array.from({ length: size }, (_, token) => tokenizer.bytes(token, shown));
  const bytes = new Uint8Array(pieces.reduce((sum, { length }) => sum + length, 0));
  const ends = new Uint32Array(size);
  let at = 0;
  pieces.forEach((piece, token) => {
    bytes.set(piece, at);
    at += piece.length;
    ends[token] = at;
  });
  return { bytes, ends, endTokens: [...tokenizer.endTokens] };
}

const transferred = (tokens: TokenBytes): TokenBytes =>
  Comlink.transfer(tokens, [tokens.bytes.buffer, tokens.ends.buffer]);

const unheld = () =>
  new TabmeshError(
    'invalid',
    'router',
    'An answer cannot be held to this form. Make the JSON schema simpler.',
  );
