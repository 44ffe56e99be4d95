import { must } from '../base/assert.ts';
import type { ModelId } from '../base/brand.ts';
import { untilAborted } from '../base/until-aborted.ts';
import type { Store } from '../store/store.ts';
import { type OpenModel, openModel } from './open.ts';
import { SliceLoader } from './slice-loader.ts';
import type { ByteSource } from './source.ts';

/** The models that this peer has opened, each once. */
export interface ModelLibrary {
  /** Callers share one opening; an abort ends only the wait of its caller. A failed opening is forgotten. */
  open(id: ModelId, signal?: AbortSignal): Promise<OpenModel>;
  loader(id: ModelId): Promise<SliceLoader>;
}

/** `resolve` finds the source behind an id; it may throw TabmeshError('not-found', 'model'). */
export function createModelLibrary(parts: {
  readonly store: Store;
  readonly resolve: (id: ModelId) => ByteSource;
}): ModelLibrary {
  const { store, resolve } = parts;
  const openings = new Map<ModelId, Promise<OpenModel>>();
  const loaders = new Map<ModelId, SliceLoader>();

  const shared = (id: ModelId): Promise<OpenModel> => {
    const known = openings.get(id);
    if (known !== undefined) return known;
    const opening = (async () => openModel(resolve(id)))();
    openings.set(id, opening);
    opening.catch(() => openings.delete(id));
    return opening;
  };

  return {
    open: (id, signal) => untilAborted(shared(id), signal),
    async loader(id) {
      const { model, source } = await shared(id);
      if (!loaders.has(id)) loaders.set(id, new SliceLoader({ store, source, model }));
      return must(loaders.get(id));
    },
  };
}
