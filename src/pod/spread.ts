import type { Spread } from './plan.ts';

/** As members tell it to each other: the highest version counts, and of two at once `wide`. */
export interface SpreadSetting {
  readonly spread: Spread;
  readonly version: number;
}

export const spreadVersionMax = 2 ** 31;
const first: SpreadSetting = { spread: 'fast', version: 0 };

/** How this peer's pod spreads its plans, as any member set it last. */
export class PodSpread {
  #pod = '';
  #known = first;

  get setting(): SpreadSetting {
    return this.#known;
  }

  set(spread: Spread): void {
    this.#known = { spread, version: Math.min(this.#known.version + 1, spreadVersionMax) };
  }

  /** What the present members of `pod` tell; a setting stays with its pod. */
  hear(pod: string, settings: readonly SpreadSetting[]): void {
    if (pod !== this.#pod) this.#known = first;
    this.#pod = pod;
    for (const each of settings) {
      const { spread, version } = this.#known;
      const isNewer = each.version > version;
      const wins = each.version === version && each.spread === 'wide' && spread === 'fast';
      if (isNewer || wins) this.#known = each;
    }
  }
}
