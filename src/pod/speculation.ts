import type { Clock } from '../base/clock.ts';
import { draftsMax } from '../base/limits.ts';
import type { Drawn, Head } from '../engine/stage.ts';
import { type DraftPolicy, MeasuredPolicy } from './draft-policy.ts';
import type { GenerateRequest } from './pod.ts';
import { type Draft, type Drafter, PromptLookup } from './prompt-lookup.ts';
import type { Run } from './run.ts';

/** Of one answer: where guesses come from, and how many of them go along. */
export interface Drafting {
  readonly drafter: Drafter;
  readonly policy: DraftPolicy;
}

export const measuredDrafting = (): Drafting => ({
  drafter: new PromptLookup(),
  policy: new MeasuredPolicy(),
});

export interface SpeculationOptions {
  readonly run: Run;
  readonly head: Head;
  readonly request: GenerateRequest;
  readonly drafting: Drafting;
  readonly clock: Clock;
}

/**
 * Trips through the chain of one run, each with a few guesses behind the last token. The draw at a position depends on what
 * stands before it, the seed and the position alone; so a guess counts where it is what was drawn there, and the tokens
 * are those of an answer without guesses, whatever the sampling (Leviathan et al., arXiv 2211.17192, accept more of a
 * draft model's tokens, but give another answer for the same seed).
 */
export class Speculation {
  readonly #options: SpeculationOptions;
  #known = 0;

  constructor(options: SpeculationOptions) {
    this.#options = options;
  }

  /**
   * What follows `tokens`, of which the run has been fed all but the last: at most `most` of them, none where nothing but
   * the end can follow. Leaves the run with all of them fed but the last.
   */
  async next(tokens: readonly number[], most: number, signal: AbortSignal): Promise<Drawn[]> {
    const { run, head, clock } = this.#options;
    const { policy } = this.#options.drafting;
    const draft = this.#draft(tokens, most);
    const drafts = draft ? draft.tokens.slice(0, policy.count(draft)) : [];
    const startedAt = clock.now();
    const hidden = await head.embed([tokens.at(-1)!, ...drafts]);
    const rows = await run.feed(drafts.length + 1, hidden, signal, drafts.length > 0);
    const drawn = await this.draw(rows, drafts, tokens.length, signal);
    const ms = clock.now() - startedAt;
    run.goBack(run.length - drafts.length + Math.max(0, drawn.length - 1));
    policy.observe({ draft, sent: drafts.length, tokens: drawn.map(({ token }) => token), ms });
    return drawn;
  }

  /** What follows the first of `rows` at `position`, and the others as far as their drafts are right. */
  async draw(
    rows: Float32Array,
    drafts: readonly number[],
    position: number,
    signal: AbortSignal,
  ): Promise<Drawn[]> {
    const { head, request } = this.#options;
    const { sampling, likeliest, steering } = request;
    if (drafts.length > 0) return head.verify(rows, drafts, sampling, position, likeliest);
    const restraint = await steering?.next(signal);
    if (restraint === 'end') return [];
    return [await head.next(rows, sampling, position, likeliest, restraint)];
  }

  /** Nothing under steering: what may follow a guess is known only once it was taken. */
  #draft(tokens: readonly number[], most: number): Draft | undefined {
    const { run, request, drafting } = this.#options;
    if (request.steering) return undefined;
    for (; this.#known < tokens.length; this.#known++) drafting.drafter.add(tokens[this.#known]!);
    return drafting.drafter.draft(Math.min(draftsMax, most - 1, run.capacity - tokens.length));
  }
}
