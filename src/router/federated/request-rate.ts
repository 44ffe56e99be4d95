import type { Clock } from '../../base/clock.ts';

const minuteMs = 60_000;

/** Requests of the last minute. */
export class RequestRate {
  readonly #clock: Clock;
  #times: number[] = [];

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** 0 where one more is within `most` and now counts; else the milliseconds until there is room, a minute where there is none at all. */
  take(most: number): number {
    const now = this.#clock.now();
    this.#times = this.#times.filter(at => at > now - minuteMs);
    if (this.#times.length < most) {
      this.#times.push(now);
      return 0;
    }
    const frees = this.#times.at(-most);
    return most === 0 || frees === undefined ? minuteMs : frees + minuteMs - now;
  }
}

/**
 * This peer's part of a limit that all members of a pod keep together: whole numbers whose sum is the limit, so that it holds
 * without a word between them, and while they are apart.
 */
export function partOf(limit: number, members: readonly string[], self: string): number {
  const place = members.toSorted().indexOf(self);
  if (place < 0) return 0;
  return Math.floor(limit / members.length) + (place < limit % members.length ? 1 : 0);
}
