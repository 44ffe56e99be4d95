import type { ModelId } from '../base/brand.ts';
import { triedHeadersMax } from '../base/limits.ts';
import type { ModelLibrary } from '../model/library.ts';
import type { Model } from '../model/model.ts';

/**
 * Headers of models that plans were tried for: a plan is made anew whenever somebody lends more or less, and the library gives up what is not
 * served. What is kept has no vocabulary, which is most of an open model.
 */
export class TriedHeaders {
  readonly #library: Pick<ModelLibrary, 'open' | 'opened'>;
  /** Used last comes last. */
  readonly #kept = new Map<ModelId, Model>();

  constructor(library: Pick<ModelLibrary, 'open' | 'opened'>) {
    this.#library = library;
  }

  /** Rejects as opening does. */
  async get(id: ModelId, signal?: AbortSignal): Promise<Model> {
    const known = this.#library.opened(id)?.model ?? this.#kept.get(id);
    const model = known ?? (await this.#library.open(id, signal)).model;
    this.#kept.delete(id);
    this.#kept.set(id, model);
    const [oldest] = this.#kept.keys();
    if (oldest !== undefined && this.#kept.size > triedHeadersMax) this.#kept.delete(oldest);
    return model;
  }
}
