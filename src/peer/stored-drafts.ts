import type { ModelId } from '../base/brand.ts';
import { TabmeshError } from '../base/error.ts';
import { draftCandidatesMax } from '../base/limits.ts';
import { KeptHeaders } from '../model/kept-header.ts';
import { type OpenModel, openModel } from '../model/open.ts';
import { SliceLoader } from '../model/slice-loader.ts';
import type { ByteSource } from '../model/source.ts';
import type { FindDraft } from '../pod/draft-models.ts';
import type { Store } from '../store/store.ts';
import type { PeerStored } from './stored-models.ts';

/** A draft costs time for each token: one that is not much smaller than the model that it drafts for never saves any. */
const timesSmallerMin = 3;

/**
 * The smallest model that lies whole in the store and has the vocabulary of the served one, by the hash of what its token ids
 * stand for: names say nothing. Whatever is not in the store counts as not there: nothing is asked of any server.
 */
export function findStoredDraft(store: Store, stored: Pick<PeerStored, 'list'>): FindDraft {
  /** By id and time of opening: what stands behind an id may have become another file. */
  const fingerprints = new Map<string, string | undefined>();
  return async (served, bytesMax, signal) => {
    const wanted = await served.tokenizer.fingerprint();
    const limit = Math.min(bytesMax, served.model.fileBytes / timesSmallerMin);
    const candidates = stored.list
      .peek()
      .flatMap(({ known }) => (known?.head && known.layers.every(Boolean) ? [known] : []))
      .filter(known => known.id !== served.model.id && known.totalBytes <= limit)
      .sort((a, b) => a.totalBytes - b.totalBytes)
      .slice(0, draftCandidatesMax);
    for (const { id, name, openedAt } of candidates) {
      signal.throwIfAborted();
      const key = `${openedAt} ${id}`;
      if (fingerprints.has(key) && fingerprints.get(key) !== wanted) continue;
      const open = await openStored(store, id, name).catch(() => undefined);
      const fingerprint = await open?.tokenizer.fingerprint();
      fingerprints.set(key, fingerprint);
      if (!open || fingerprint !== wanted) continue;
      const { model, source } = open;
      return { model, read: new SliceLoader({ store, source, model }).read };
    }
    return undefined;
  };
}

async function openStored(store: Store, id: string, name: string): Promise<OpenModel> {
  return openModel(await new KeptHeaders(store).of(unreachable(id as ModelId, name)));
}

/** Stands for the server of a model; the header and the chunks that are kept take its place. */
function unreachable(id: ModelId, name: string): ByteSource {
  const refuse = async (): Promise<never> => {
    throw new TabmeshError('unavailable', 'model', `${name} is not stored whole on this device.`);
  };
  return {
    id,
    name: `${name}.gguf`,
    shareable: false,
    local: false,
    size: refuse,
    version: refuse,
    read: refuse,
  };
}
