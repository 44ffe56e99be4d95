import type { ModelId } from '../base/brand.ts';
import { TabmeshError } from '../base/error.ts';
import { podModelsMax } from '../base/limits.ts';
import type { WireRecord } from './pod-message.ts';
import { isShareable } from './shareable.ts';

export type Served = WireRecord['models'][number];

export const rankMax = 2 ** 31;
const byRank = (a: Served, b: Served) => a.rank - b.rank || (a.model < b.model ? -1 : 1);

/**
 * What the pod serves: what this peer serves and what the present members say that they serve, in one order for all.
 * A model goes when the last who serves it has gone; whoever asks it counts as one meanwhile. See Served in
 * wire/pod.proto.
 */
export class ServedModels {
  readonly #own = new Map<ModelId, Served>();
  /** Questions under way here, to each model. */
  readonly #asked = new Map<ModelId, number>();
  /** In the order in which this peer heard of them: where there is no more room, the latest are left out. */
  readonly #shared = new Map<ModelId, Served>();
  /** A name stays with the first model that had it here, as long as that is served. */
  readonly #names = new Map<string, ModelId>();
  #mayServe = true;
  #heard: readonly (readonly Served[])[] = [];

  /** Shared with the others, the first to be served first; the same for all members. */
  shared(): Served[] {
    return [...this.#shared.values()].sort(byRank).map(each => this.#named(each));
  }

  /** Served by this peer for itself alone, because others cannot or must not open it. */
  private(): Served[] {
    return this.#unshared().map(each => this.#named(each));
  }

  /** What this peer can ask: first what the pod shares. */
  all(): Served[] {
    return [...this.shared(), ...this.private()];
  }

  /** What this peer says that it serves. */
  announced(): Served[] {
    const ours = [...this.#shared.values()].filter(
      ({ model }) => this.#own.has(model) || this.#asked.has(model),
    );
    return ours.sort(byRank);
  }

  /** Throws TabmeshError('full', 'pod'). */
  add(model: ModelId, name: string): void {
    const known = this.#shared.get(model) ?? this.#own.get(model);
    const all = [...this.#shared.values(), ...this.#unshared()];
    if (!known && all.length >= podModelsMax) {
      throw new TabmeshError('full', 'pod', `A pod serves at most ${podModelsMax} models.`);
    }
    const last = Math.max(-1, ...all.map(each => each.rank));
    this.#own.set(model, { model, name, rank: known?.rank ?? Math.min(last + 1, rankMax) });
    this.#merge();
  }

  /** Whether this peer's own models are the pod's too: a viewer's are not, until it is no viewer any more. */
  serve(may: boolean): void {
    this.#mayServe = may;
  }

  /** Keeps a model served while a question is under way, though its last owner may go. */
  ask(model: ModelId): () => void {
    this.#asked.set(model, (this.#asked.get(model) ?? 0) + 1);
    return () => {
      const left = this.#asked.get(model)! - 1;
      if (left > 0) this.#asked.set(model, left);
      else this.#asked.delete(model);
      this.#merge();
    };
  }

  /** What each of the present members says that it serves; nothing of what was heard before counts. */
  hear(heard: readonly (readonly Served[])[]): void {
    this.#heard = heard;
    this.#merge();
  }

  #unshared(): Served[] {
    return [...this.#own.values()].filter(({ model }) => !isShareable(model)).sort(byRank);
  }

  #merge(): void {
    const asked = [...this.#asked.keys()].flatMap(model => this.#shared.get(model) ?? []);
    const own = this.#mayServe ? this.#own.values() : [];
    const said = [...own, ...asked, ...this.#heard.flat()].filter(({ model }) => isShareable(model));
    const present = new Set(said.map(each => each.model));
    for (const model of this.#shared.keys()) if (!present.has(model)) this.#shared.delete(model);
    for (const each of said) {
      const known = this.#shared.get(each.model);
      if (known ? each.rank < known.rank : this.#shared.size < podModelsMax) {
        this.#shared.set(each.model, { ...each, name: known?.name ?? each.name });
      }
    }
    this.#nameAll();
  }

  #nameAll(): void {
    const all = [...this.#shared.values(), ...this.#unshared()];
    const ids = new Set(all.map(each => each.model));
    const isAnothersId = (name: string, model: ModelId) => name !== model && ids.has(name as ModelId);
    for (const [name, model] of this.#names) {
      if (!ids.has(model) || isAnothersId(name, model)) this.#names.delete(name);
    }
    for (const { model, name } of all) {
      if (!isAnothersId(name, model) && !this.#names.has(name)) this.#names.set(name, model);
    }
  }

  /** A model whose name is another's already goes by its id. */
  #named(served: Served): Served {
    const { model, name } = served;
    return this.#names.get(name) === model ? served : { ...served, name: model };
  }
}
