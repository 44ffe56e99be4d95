import type { Clock } from '../base/clock.ts';
import { draftsMax } from '../base/limits.ts';
import { untilAborted } from '../base/until-aborted.ts';
import type { Drawn, Head } from '../engine/stage.ts';
import { type DraftPolicy, MeasuredPolicy } from './draft-policy.ts';
import type { Draft, Drafter } from './drafter.ts';
import type { GenerateRequest } from './pod.ts';
import { PromptLookup } from './prompt-lookup.ts';
import type { Run } from './run.ts';

/** Of one answer: where guesses come from, and how many of them go along. */
export interface Drafting {
  /** The first whose guess is worth a row is taken. */
  readonly drafters: readonly Drafter[];
  readonly policy: DraftPolicy;
}

/** `model` is asked where the text itself has no guess. */
export const measuredDrafting = (model?: Drafter): Drafting => ({
  drafters: [new PromptLookup(), ...(model ? [model] : [])],
  policy: new MeasuredPolicy(),
});

export interface SpeculationOptions {
  readonly run: Run;
  readonly head: Head;
  readonly request: GenerateRequest;
  readonly drafting: Drafting;
  readonly clock: Clock;
}

interface Chosen {
  readonly draft: Draft | undefined;
  readonly besides?: Draft | undefined;
  /** Of the draft's tokens. */
  readonly sent: number;
  readonly draftMs: number;
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
  #tripMs = 0;

  constructor(options: SpeculationOptions) {
    this.#options = options;
  }

  /**
   * What follows `tokens`, of which the run has been fed all but the last: at most `most` of them, none where nothing but
   * the end can follow. Leaves the run with all of them fed but the last.
   */
  async next(tokens: readonly number[], most: number, signal: AbortSignal): Promise<Drawn[]> {
    const { run, head, clock } = this.#options;
    const { policy, drafters } = this.#options.drafting;
    const chosen = await this.#choose(tokens, most, signal);
    const drafts = chosen.draft?.tokens.slice(0, chosen.sent) ?? [];
    const startedAt = clock.now();
    const hidden = await head.embed([tokens.at(-1)!, ...drafts]);
    const trip = run.feed(drafts.length + 1, hidden, signal, drafts.length > 0);
    for (const drafter of drafters) drafter.meanwhile?.(trip, this.#tripMs);
    const rows = await trip;
    const drawn = await this.draw(rows, drafts, tokens.length, signal);
    const ms = clock.now() - startedAt;
    run.goBack(run.length - drafts.length + Math.max(0, drawn.length - 1));
    policy.observe({ ...chosen, tokens: drawn.map(({ token }) => token), ms });
    this.#tripMs = ms;
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
  async #choose(tokens: readonly number[], most: number, signal: AbortSignal): Promise<Chosen> {
    const { run, request, drafting, clock } = this.#options;
    const nothing = { draft: undefined, sent: 0, draftMs: 0 };
    if (request.steering) return nothing;
    const { drafters, policy } = drafting;
    for (; this.#known < tokens.length; this.#known++)
      for (const drafter of drafters) drafter.add(tokens[this.#known]!);
    let seen: Draft | undefined;
    for (const drafter of drafters) {
      const found = drafter.draft(Math.min(draftsMax, most - 1, run.capacity - tokens.length));
      if (!found) continue;
      const count = policy.count(found);
      if ('tokens' in found) {
        if (count > 0) return { draft: found, besides: seen, sent: count, draftMs: 0 };
        seen ??= found;
      } else if (count > 0) {
        const startedAt = clock.now();
        const draft = await untilAborted(found.make(count), signal);
        const draftMs = clock.now() - startedAt;
        if (draft) return { draft, besides: seen, sent: draft.tokens.length, draftMs };
      }
    }
    return { ...nothing, draft: seen };
  }
}
