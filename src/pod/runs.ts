import type { PeerId, SessionId } from '../base/brand.ts';
import type { TabmeshError } from '../base/error.ts';
import { restingSessionsMax } from '../base/limits.ts';
import type { Model } from '../model/model.ts';
import type { ChainHop } from './chain.ts';
import type { Message } from './links.ts';
import { Run, type RunOptions } from './run.ts';

interface Resting {
  readonly run: Run;
  readonly model: Model;
  /** What its positions hold. */
  readonly tokens: readonly number[];
}

const forStages = ['open', 'rest', 'close', 'listen', 'replay'];

/** The sessions of one requester: those of answers under way, and a few that rest until a prompt begins alike. */
export class Runs {
  readonly #runs = new Map<SessionId, Run>();
  /** The longest resting one first. */
  #resting: readonly Resting[] = [];

  expectsRows(from: PeerId, session: SessionId, hop: number): boolean {
    return this.#runs.get(session)?.expectsRows(from, hop) ?? false;
  }

  /** True where the message was for a session of ours. */
  handle(from: PeerId, message: Message): boolean {
    const run = this.#runs.get(message.session);
    if (!run || forStages.some(body => body in message)) return false;
    if ('chunk' in message && message.hop !== run.returnHop) return false;
    run.handle(from, message);
    this.#forget();
    return true;
  }

  /** A peer left, or where `left` is false what was under way with it is lost. */
  drop(peer: PeerId, reason: TabmeshError, left: boolean): void {
    for (const run of this.#runs.values()) run.drop(peer, reason, left);
    this.#forget();
  }

  begin(options: RunOptions): Run {
    const run = new Run(options);
    this.#runs.set(options.session, run);
    return run;
  }

  /**
   * The resting session that holds most of the beginning of `prompt`, gone back to where they part, or to before the last
   * token, whose row is needed. Undefined where none holds half of either: that one is left to its own conversation.
   */
  resume(model: Model, chain: readonly ChainHop[], prompt: readonly number[]): Run | undefined {
    this.#forget(
      each => each.model.id === model.id && !(each.model === model && sameChain(each.run.chain, chain)),
    );
    const kept = ({ tokens }: Resting) => Math.min(commonLength(tokens, prompt), prompt.length - 1);
    const [best] = this.#resting
      .filter(each => each.model === model && 2 * kept(each) >= Math.min(prompt.length, each.tokens.length))
      .sort((a, b) => kept(b) - kept(a));
    if (!best) return undefined;
    if (prompt.length > best.run.capacity) {
      this.#forget(each => each === best);
      return undefined;
    }
    this.#resting = this.#resting.filter(each => each !== best);
    best.run.resume(kept(best));
    return best.run;
  }

  /** An answer ended. `tokens` begin with those that the run was fed. */
  rest(run: Run, model: Model, tokens: readonly number[]): void {
    if (run.failure || run.length === 0) {
      this.end(run);
      return;
    }
    run.rest();
    this.#resting = [...this.#resting, { run, model, tokens: tokens.slice(0, run.length) }];
    const kept = this.#resting.slice(-restingSessionsMax);
    this.#forget(each => !kept.includes(each));
  }

  end(run: Run): void {
    run.close();
    this.#runs.delete(run.session);
  }

  /** Ends those that failed, and `others`. */
  #forget(others: (each: Resting) => boolean = () => false): void {
    for (const each of this.#resting) if (each.run.failure || others(each)) this.end(each.run);
    this.#resting = this.#resting.filter(each => this.#runs.has(each.run.session));
  }
}

const sameChain = (a: readonly ChainHop[], b: readonly ChainHop[]): boolean =>
  a.length === b.length &&
  a.every(
    ({ peer, first, last }, hop) => peer === b[hop]!.peer && first === b[hop]!.first && last === b[hop]!.last,
  );

function commonLength(a: readonly number[], b: readonly number[]): number {
  let length = 0;
  while (length < a.length && a[length] === b[length]) length++;
  return length;
}
