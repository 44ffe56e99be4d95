import type { ModelId } from '../base/brand.ts';
import { TabmeshError } from '../base/error.ts';
import { blobSource } from '../model/blob-source.ts';
import { httpSource } from '../model/http-source.ts';
import { hubOriginDefault } from '../model/model-ref.ts';
import type { ByteSource } from '../model/source.ts';

/** Which bytes a model id stands for on this peer. */
export class Sources {
  readonly #known = new Map<ModelId, ByteSource>();
  readonly #fetchForeign: typeof fetch | undefined;
  readonly #hubOrigin: () => string;

  /**
   * `fetchForeign` asks for what other members named; without it the global fetch does, in a tab under CORS. `hubOrigin`
   * is where `hub:` addresses are read.
   */
  constructor(fetchForeign?: typeof fetch, hubOrigin = () => hubOriginDefault) {
    this.#fetchForeign = fetchForeign;
    this.#hubOrigin = hubOrigin;
  }

  add(source: ByteSource): ModelId {
    const id = source.id as ModelId;
    this.#known.set(id, source);
    return id;
  }

  /** A link or a dropped file, as a person gives it. */
  addGiven(given: string | File): ModelId {
    const hubOrigin = this.#hubOrigin();
    return this.add(
      typeof given === 'string' ? httpSource(given.trim(), { hubOrigin }) : blobSource(given, given.name),
    );
  }

  /** Ids that other members name are links or the embedded model; a file lives only where it was dropped. */
  resolve(id: ModelId): ByteSource {
    const known = this.#known.get(id);
    if (known) return known;
    if (!/^(hub|https?):/.test(id)) {
      throw new TabmeshError(
        'not-found',
        'peer',
        `The model ${id} is not on this peer. Open its file here, or serve it from a URL.`,
      );
    }
    const hubOrigin = this.#hubOrigin();
    return httpSource(id, { hubOrigin, ...(this.#fetchForeign ? { fetch: this.#fetchForeign } : {}) });
  }
}
