import { recordAgeMaxMs, restMaxMs, restMinMs } from '../base/limits.ts';
import type { Standing } from './policy.ts';
import type { Timings } from './request.ts';

/** Of each new measurement, as Petals takes it: ten answers later it counts a tenth. */
const share = 0.2;

/** What this router saw of one destination: its times, its load, its failures. Times are those of one clock, in ms. */
export class Record {
  #firstMs: number | undefined;
  #tokenMs: number | undefined;
  #measuredAt = 0;
  #inFlight = 0;
  #failures = 0;
  #restUntil = 0;
  #told = false;

  /** What was measured long ago is unknown again, so that it is tried. */
  standing(now: number): Standing {
    const fresh = now - this.#measuredAt <= recordAgeMaxMs;
    return {
      firstMs: fresh ? this.#firstMs : undefined,
      tokenMs: fresh ? this.#tokenMs : undefined,
      inFlight: this.#inFlight,
      restUntil: this.#restUntil,
      told: this.#told,
    };
  }

  begin(): void {
    this.#inFlight++;
  }

  leave(): void {
    this.#inFlight--;
  }

  succeeded({ firstTokenMs, tokensPerSecond }: Timings, now: number): void {
    const { firstMs, tokenMs } = this.standing(now);
    this.#firstMs = blend(firstMs, firstTokenMs);
    this.#tokenMs = tokensPerSecond > 0 ? blend(tokenMs, 1000 / tokensPerSecond) : tokenMs;
    this.#measuredAt = now;
    this.#failures = 0;
    this.#restUntil = 0;
  }

  /** Its first word would have come after `ms`, and nobody knows how much later. */
  outrun(ms: number, now: number): void {
    const { firstMs, tokenMs } = this.standing(now);
    this.#firstMs = Math.max(firstMs ?? 0, blend(firstMs, ms));
    this.#tokenMs = tokenMs;
    this.#measuredAt = now;
  }

  /** Rests 15 s, then twice as long with each failure in a row; or as long as it said itself, which may be years. */
  failed(now: number, retryAfterMs?: number): void {
    const pauseMs = restMinMs * 2 ** this.#failures;
    this.#failures++;
    this.#told = retryAfterMs !== undefined;
    this.#restUntil = now + Math.min(restMaxMs, retryAfterMs ?? pauseMs);
  }
}

const blend = (before: number | undefined, measured: number): number =>
  before === undefined ? measured : before + share * (measured - before);
