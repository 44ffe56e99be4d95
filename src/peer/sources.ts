import type { ModelId } from '../base/brand.ts';
import { TabmeshError } from '../base/error.ts';
import { blobSource } from '../model/blob-source.ts';
import { httpSource } from '../model/http-source.ts';
import type { ByteSource } from '../model/source.ts';

/** Which bytes a model id stands for on this peer. */
export class Sources {
  readonly #known = new Map<ModelId, ByteSource>();
  readonly #fetchForeign: typeof fetch | undefined;

  /** `fetchForeign` asks for what other members named; without it the global fetch does, in a tab under CORS. */
  constructor(fetchForeign?: typeof fetch) {
    this.#fetchForeign = fetchForeign;
  }

  add(source: ByteSource): ModelId {
    const id = source.id as ModelId;
    this.#known.set(id, source);
    return id;
  }

  /** A link or a dropped file, as a person gives it. */
  addGiven(given: string | File): ModelId {
    return this.add(typeof given === 'string' ? httpSource(given.trim()) : blobSource(given, given.name));
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
    return httpSource(id, this.#fetchForeign ? { fetch: this.#fetchForeign } : {});
  }
}
