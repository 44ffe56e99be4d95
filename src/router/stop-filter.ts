/**
 * Finds the texts that end an answer in text that comes in pieces. What may be the beginning of one is held back, so
 * that a half-seen stop is never shown. Of several stops the one that is complete first wins, and of those the
 * longest: so the result does not depend on where the pieces are cut.
 */
export class StopFilter {
  readonly #stops: readonly string[];
  #held = '';
  #stopped = false;

  /** Empty texts stop nothing. */
  constructor(stops: readonly string[]) {
    this.#stops = stops.filter(stop => stop !== '');
  }

  get stopped(): boolean {
    return this.#stopped;
  }

  /** Text that is certainly part of the answer. */
  push(text: string): string {
    if (this.#stopped) return '';
    const all = this.#held + text;
    const cut = this.#firstStop(all);
    if (cut !== undefined) {
      this.#stopped = true;
      this.#held = '';
      return all.slice(0, cut);
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

  #firstStop(text: string): number | undefined {
    let end = Infinity;
    let start = Infinity;
    for (const stop of this.#stops) {
      const at = text.indexOf(stop);
      if (at < 0 || at + stop.length > end) continue;
      start = at + stop.length < end ? at : Math.min(start, at);
      end = at + stop.length;
    }
    return start === Infinity ? undefined : start;
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
