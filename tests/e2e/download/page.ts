/** A page that does nothing but download a whole model: the downloads and the store of the app, driven by a test. */

import type { ModelId } from '../../../src/base/brand.ts';
import { sha256Hex } from '../../../src/base/bytes.ts';
import { systemClock } from '../../../src/base/clock.ts';
import { httpSource } from '../../../src/model/http-source.ts';
import { HubSearch } from '../../../src/model/hub-search.ts';
import { createModelLibrary } from '../../../src/model/library.ts';
import { chunksOf } from '../../../src/model/slice.ts';
import { type Download, Downloads } from '../../../src/peer/downloads.ts';
import { openIdbStore } from '../../../src/store/idb-store.ts';

declare global {
  var download: { start(hub: string, id: string): void; state(): DownloadState };
}

export interface DownloadState {
  /** Bytes of bodies that arrived since the page was loaded, the header's among them. */
  readonly arrived: number;
  readonly state?: Download['state'];
  /** It tries again by itself. */
  readonly waits: boolean;
  readonly error?: string;
  /** SHA-256 of every chunk in the order of the file, once all are there. */
  readonly hashes?: readonly string[];
}

let state: DownloadState = { arrived: 0, waits: false };

globalThis.download = {
  state: () => state,
  start(hub, id) {
    run(hub, id as ModelId).catch(error => {
      state = { ...state, error: String(error) };
    });
  },
};

async function run(hub: string, id: ModelId): Promise<void> {
  const store = await openIdbStore('download');
  const resolve = () => httpSource(id, { hubOrigin: hub, fetch: counted });
  const library = createModelLibrary({ store, resolve });
  const downloads = new Downloads({
    ...{ store, library, clock: systemClock, now: Date.now, onStored: () => {} },
    hashes: (each, signal) => new HubSearch(() => hub).hashes(each, signal),
    inTurn: (_, work) => work(),
  });
  addEventListener('online', () => downloads.retryNow());
  await downloads.restore();
  if (downloads.list.peek().length === 0) await downloads.start(id, 'whole');
  downloads.list.subscribe(([now]) => {
    if (now) state = { ...state, state: now.state, waits: now.retryMs !== undefined };
    if (now?.state === 'ready') void hashed();
  });

  async function hashed(): Promise<void> {
    const { model } = await library.open(id);
    const loader = await library.loader(id);
    const parts = [{ layers: { first: 0, last: model.hyper.layers } }, 'head'] as const;
    const chunks = parts.flatMap(part => chunksOf(model, part)).sort((a, b) => a.start - b.start);
    const hashes: string[] = [];
    for (const chunk of chunks) hashes.push(await sha256Hex((await loader.storedBytes(chunk))!));
    state = { ...state, hashes };
  }
}

const counted: typeof fetch = async (...request) => {
  const { body, status, headers } = await fetch(...request);
  const count = new TransformStream<Uint8Array, Uint8Array>({
    transform(piece, out) {
      state = { ...state, arrived: state.arrived + piece.length };
      out.enqueue(piece);
    },
  });
  return new Response(body?.pipeThrough(count), { status, headers });
};
