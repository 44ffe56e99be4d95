/** A page that does nothing but keep a whole model: the library and the store of the app, driven by a test. */
import type { ModelId } from '../../../src/base/brand.ts';
import { sha256Hex } from '../../../src/base/bytes.ts';
import { httpSource } from '../../../src/model/http-source.ts';
import { createModelLibrary } from '../../../src/model/library.ts';
import { chunksOf } from '../../../src/model/slice.ts';
import { openIdbStore } from '../../../src/store/idb-store.ts';

declare global {
  var download: { start(hub: string, id: string): void; state(): DownloadState };
}

export interface DownloadState {
  /** Of the present part, those stored before included. */
  readonly bytes: number;
  /** Fetched since the page was loaded. */
  readonly fetched: number;
  readonly error?: string;
  /** SHA-256 of every chunk in the order of the file, once all are there. */
  readonly hashes?: readonly string[];
}

let state: DownloadState = { bytes: 0, fetched: 0 };

globalThis.download = {
  state: () => state,
  start(hub, id) {
    state = { bytes: 0, fetched: 0 };
    run(hub, id as ModelId).catch(error => {
      state = { ...state, error: String(error) };
    });
  },
};

async function run(hub: string, id: ModelId): Promise<void> {
  const store = await openIdbStore('download');
  const library = createModelLibrary({ store, resolve: () => httpSource(id, { hubOrigin: hub }) });
  const { model } = await library.open(id);
  const loader = await library.loader(id);
  const parts = [{ layers: { first: 0, last: model.hyper.layers } }, 'head'] as const;
  for (const part of parts) {
    let before: number | undefined;
    await loader.fetch(part, {
      onProgress({ bytes }) {
        state = { ...state, bytes, fetched: state.fetched + bytes - (before ?? bytes) };
        before = bytes;
      },
    });
  }
  const chunks = parts.flatMap(part => chunksOf(model, part)).sort((a, b) => a.start - b.start);
  const hashes: string[] = [];
  for (const chunk of chunks) hashes.push(await sha256Hex((await loader.storedBytes(chunk))!));
  state = { ...state, hashes };
}
