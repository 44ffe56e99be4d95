import type { Draft, Drafter } from './drafter.ts';

/** Fewer say little: of two tokens alike, a third follows as before in a third of the cases or less. */
const matchMin = 2;
const matchMax = 32;
/** Earlier places that are looked at for one draft, the latest first. */
const placesMax = 32;
/** More than any token id; a pair of them is a safe integer. */
const idBase = 2 ** 21;

/**
 * What may follow, taken from where the same words came before: an edited text is mostly its original.
 * Finds the longest match among the latest places with the same two tokens, as deflate does (RFC 1951, section 4): a
 * chain through all places of each pair, so that a token costs the same however long the text is.
 */
export class PromptLookup implements Drafter {
  readonly #tokens: number[] = [];
  /** The place of the second token of a pair, the latest of all. */
  readonly #latest = new Map<number, number>();
  /** For each place the one before it with the same pair, or -1. */
  readonly #before: number[] = [];

  add(token: number): void {
    const place = this.#tokens.length;
    this.#tokens.push(token);
    const pair = this.#pairAt(place);
    this.#before.push(place > 0 ? (this.#latest.get(pair) ?? -1) : -1);
    if (place > 0) this.#latest.set(pair, place);
  }

  draft(count: number): Draft | undefined {
    const tokens = this.#tokens;
    const last = tokens.length - 1;
    let best = -1;
    let match = matchMin - 1;
    let place = this.#before[last] ?? -1;
    for (let looked = 0; place >= 0 && looked < placesMax && match < matchMax; looked++) {
      const length = this.#common(place, last);
      if (length > match) [best, match] = [place, length];
      place = this.#before[place]!;
    }
    if (best < 0 || count < 1) return undefined;
    const found: number[] = [];
    // Beyond the end goes on what was just drafted: a text that repeats itself, repeats itself.
    for (let at = best + 1; found.length < count; at++) found.push(tokens[at] ?? found[at - tokens.length]!);
    return { tokens: found, match };
  }

  #pairAt(place: number): number {
    return (this.#tokens[place - 1] ?? 0) * idBase + this.#tokens[place]!;
  }

  /** Tokens up to `place` and up to `last` that are the same. */
  #common(place: number, last: number): number {
    let length = 0;
    while (
      length < matchMax &&
      length <= place &&
      this.#tokens[place - length] === this.#tokens[last - length]
    )
      length++;
    return length;
  }
}
