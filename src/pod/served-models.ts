import type { ModelId } from '../base/brand.ts';
import { TabmeshError } from '../base/error.ts';
import { podModelsMax } from '../base/limits.ts';
import type { WireRecord } from './pod-message.ts';

export type Served = WireRecord['models'][number];

/**
 * What the pod serves, as this peer has heard of it. Members merge what they hear, so all come to the same list in the
 * same order, whoever leaves. See Served in wire/pod.proto.
 */
export class ServedModels {
  readonly #served = new Map<ModelId, Served>();
  readonly #own = new Map<ModelId, string>();

  list(): Served[] {
    return [...this.#served.values()].sort((a, b) => a.rank - b.rank || (a.model < b.model ? -1 : 1));
  }

  /** Throws TabmeshError('full', 'pod'). */
  add(model: ModelId, name: string): void {
    if (this.#served.has(model)) {
      this.#own.set(model, name);
      return;
    }
    if (this.#served.size >= podModelsMax) {
      throw new TabmeshError('full', 'pod', `A pod serves at most ${podModelsMax} models.`);
    }
    const rank = 1 + Math.max(-1, ...[...this.#served.values()].map(each => each.rank));
    this.#served.set(model, { model, name, rank });
    this.#own.set(model, name);
  }

  /** Adds what a member knows. True where that is news. */
  merge(models: readonly Served[]): boolean {
    let news = false;
    for (const each of models) {
      const known = this.#served.get(each.model);
      if (known ? known.rank <= each.rank : this.#served.size >= podModelsMax) continue;
      this.#served.set(each.model, each);
      news = true;
    }
    return news;
  }

  /** Back to what was served here, when the pod is left. */
  forgetOthers(): void {
    this.#served.clear();
    for (const [model, name] of this.#own) this.add(model, name);
  }
}
