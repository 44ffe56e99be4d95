/**
 * Finds the texts that end an answer in text that comes in pieces. What may be the beginning of one is held back, so
 * that a half-seen stop is never shown. Of several stops the one that is complete first wins, and of those the
 * longest: so the result does not depend on where the pieces are cut.
 */
export class StopFilter {
  readonly #stops: readonly string[];
  #held = '';
  #found: string | undefined;

  /** Empty texts stop nothing. */
  constructor(stops: readonly string[]) {
    this.#stops = stops.filter(stop => stop !== '');
  }

  get stopped(): boolean {
    return this.#found !== undefined;
  }

  get found(): string | undefined {
    return this.#found;
  }

  /** Text that is certainly part of the answer. */
  push(text: string): string {
    if (this.stopped) return '';
    const all = this.#held + text;
    const first = this.#firstStop(all);
    if (first !== undefined) {
      this.#found = first.stop;
      this.#held = '';
      return all.slice(0, first.at);
    }
    const kept = this.#heldLength(all);
    this.#held = all.slice(all.length - kept);
    return all.slice(0, all.length - kept);
  }

  /** What was held back, when no more comes. */
  end(): string {
    const rest = this.#held;
    this.#held = '';
    return rest;
  }

  #firstStop(text: string): { readonly at: number; readonly stop: string } | undefined {
    let first: { at: number; stop: string } | undefined;
    for (const stop of this.#stops) {
      const at = text.indexOf(stop);
      if (at < 0) continue;
      const later = first === undefined ? 0 : at + stop.length - (first.at + first.stop.length);
      if (first === undefined || later < 0 || (later === 0 && at < first.at)) first = { at, stop };
    }
    return first;
  }

  /** Length of the longest end of `text` that a stop begins with. */
  #heldLength(text: string): number {
    let longest = 0;
    for (const stop of this.#stops) {
      for (let length = Math.min(stop.length - 1, text.length); length > longest; length--) {
        if (text.endsWith(stop.slice(0, length))) longest = length;
      }
    }
    return longest;
  }
}
