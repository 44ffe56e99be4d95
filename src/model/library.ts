import type { ModelId } from '../base/brand.ts';
import { type Clock, systemClock } from '../base/clock.ts';
import { isKind } from '../base/error.ts';
import { untilAborted } from '../base/until-aborted.ts';
import type { Store } from '../store/store.ts';
import type { ChunkSource } from './chunk-source.ts';
import { KeptHeaders } from './kept-header.ts';
import { type OpenModel, openModel } from './open.ts';
import { SliceLoader } from './slice-loader.ts';
import type { ByteSource } from './source.ts';

/** The models that this peer has opened, each once. */
export interface ModelLibrary {
  /**
   * Callers share one opening; an abort ends only the wait of its caller. A failed opening is forgotten, and so is a
   * model whose source finds its bytes changed: the next to ask opens what is there then. Headers are kept, so that
   * a model opens without its server too.
   */
  open(id: ModelId, signal?: AbortSignal): Promise<OpenModel>;
  /** What is open already; nothing is read. */
  opened(id: ModelId): OpenModel | undefined;
  loader(id: ModelId): Promise<SliceLoader>;
  /** From now on these bring chunks too, and whole models that are named by their content. */
  alsoFrom(members: ChunkSource): void;
  /** Another source stands behind the id now. */
  forget(id: ModelId): void;
  /** Forgets all but these: each holds a vocabulary and a header. */
  keep(ids: ReadonlySet<ModelId>): void;
}

interface Entry {
  readonly opening: Promise<OpenModel>;
  open?: OpenModel;
  loader?: SliceLoader;
}

/** `resolve` finds the source behind an id; it may throw TabmeshError('not-found', 'model'). */
export function createModelLibrary(parts: {
  readonly store: Store;
  readonly resolve: (id: ModelId) => ByteSource;
  readonly clock?: Clock;
  /** See SliceLoader. */
  readonly diskBytes?: () => number | undefined;
}): ModelLibrary {
  const { store, resolve, clock = systemClock, diskBytes = () => undefined } = parts;
  let members: ChunkSource | undefined;
  const entries = new Map<ModelId, Entry>();

  const sourceOf = (id: ModelId): ByteSource => {
    try {
      return resolve(id);
    } catch (error) {
      const shared = members?.source(id);
      if (shared === undefined) throw error;
      return shared;
    }
  };
  const begin = (id: ModelId): Entry => {
    const forget = () => {
      if (entries.get(id) === entry) entries.delete(id);
    };
    const opening = (async () => {
      const source = sourceOf(id);
      const headers = new KeptHeaders(store);
      const open = await openModel(await headers.of(source.fresh?.() ?? source));
      // Where there is no room to keep it, the model is open all the same.
      await headers.keep().catch(() => undefined);
      return { ...open, source: watched(open.source, forget) };
    })();
    const entry: Entry = { opening };
    entries.set(id, entry);
    opening.then(open => {
      entry.open = open;
    }, forget);
    return entry;
  };
  const entryOf = (id: ModelId): Entry => entries.get(id) ?? begin(id);

  return {
    open: (id, signal) => untilAborted(entryOf(id).opening, signal),
    opened: id => entries.get(id)?.open,
    async loader(id) {
      const entry = entryOf(id);
      const { model, source } = await entry.opening;
      entry.loader ??= new SliceLoader({ store, source, model, clock, members: () => members, diskBytes });
      return entry.loader;
    },
    alsoFrom(others) {
      members = others;
    },
    forget: id => void entries.delete(id),
    keep(ids) {
      for (const id of entries.keys()) if (!ids.has(id)) entries.delete(id);
    },
  };
}

/** The same source, which says when its bytes are no longer those that the header told of. */
function watched(source: ByteSource, onChanged: () => void): ByteSource {
  return {
    ...source,
    async read(...range) {
      try {
        return await source.read(...range);
      } catch (error) {
        if (isKind(error, 'corrupt')) onChanged();
        throw error;
      }
    },
  };
}
