import { TabmeshError } from '../base/error.ts';
import { addressCharactersMax } from '../base/limits.ts';
import { type Live, LiveValue } from '../base/live.ts';
import type { HubFile } from '../model/hub-files.ts';
import { type HubRepository, HubSearch, type ListedHash } from '../model/hub-search.ts';
import { hubOriginDefault } from '../model/model-ref.ts';
import type { Store } from '../store/store.ts';

export interface PeerHub {
  /** The Hub, or the mirror that a person set; `hub:` addresses are read there. */
  readonly origin: Live<string>;
  /** Empty: the Hub itself. Throws TabmeshError('invalid', 'peer'). */
  setOrigin(text: string): Promise<void>;
  /** As HubSearch has them. */
  search(text: string, signal?: AbortSignal): Promise<HubRepository[]>;
  files(repository: string, signal?: AbortSignal): Promise<HubFile[]>;
  hashes(id: string, signal?: AbortSignal): Promise<readonly ListedHash[] | undefined>;
}

const key = 'hub-origin';

/** The Hub of this browser or data folder. What cannot be read counts as not set. */
export async function openHub(store: Store): Promise<PeerHub> {
  const saved = await store.get('settings', key).catch(() => undefined);
  const origin = new LiveValue(parseOrigin(saved ? new TextDecoder().decode(saved) : '') ?? hubOriginDefault);
  const lists = new HubSearch(() => origin.peek());
  return {
    origin,
    search: (text, signal) => lists.search(text, signal),
    files: (repository, signal) => lists.files(repository, signal),
    hashes: (id, signal) => lists.hashes(id, signal),
    async setOrigin(text) {
      const wanted = text.trim() === '' ? hubOriginDefault : parseOrigin(text.trim());
      if (wanted === undefined)
        throw new TabmeshError(
          'invalid',
          'peer',
          'A Hub is named by an address like https://huggingface.co. Nothing was changed.',
        );
      if (wanted === hubOriginDefault) await store.delete('settings', key);
      else await store.put('settings', key, new TextEncoder().encode(wanted));
      origin.set(wanted);
    },
  };
}

/** In the clear only from this machine itself: anybody on the way could send another model. */
function parseOrigin(text: string): string | undefined {
  const url = text.length > addressCharactersMax ? null : URL.parse(text);
  if (url?.username !== '' || url.password !== '' || url.pathname !== '/') return undefined;
  const own = /^(127\.0\.0\.1|\[::1\]|localhost)$/.test(url.hostname);
  return url.protocol === 'https:' || (url.protocol === 'http:' && own) ? url.origin : undefined;
}
