import { keptResponsePrefix } from '../api/responses/kept-responses.ts';
import type { Keys } from '../router/cloud/keys.ts';
import type { WholeModels } from '../router/whole/whole-models.ts';
import { type Store, tables } from '../store/store.ts';
import type { Chats } from './chats.ts';
import type { PeerDownloads } from './downloads.ts';
import type { PeerStored } from './stored-models.ts';

/** What a person may take away from this browser or data folder. Everything: this peer's own key and settings, too. */
export type Erasable = 'keys' | 'chats' | 'models' | 'everything';

export interface ErasedParts {
  readonly store: Store;
  readonly keys: Pick<Keys, 'providers' | 'remove'>;
  readonly chats: Pick<Chats, 'all' | 'delete'>;
  readonly downloads: Pick<PeerDownloads, 'list' | 'cancel'>;
  readonly stored: Pick<PeerStored, 'list' | 'refresh' | 'delete'>;
  readonly whole?: Pick<WholeModels, 'chosen' | 'drop'> | undefined;
}

/** What is loaded goes on computing; after 'everything' the peer has to start anew. */
export async function erase(
  what: Erasable,
  { store, keys, chats, downloads, stored, whole }: ErasedParts,
): Promise<void> {
  const all = what === 'everything';
  if (all || what === 'keys')
    for (const { id, held } of keys.providers.peek()) if (held) await keys.remove(id);
  if (all || what === 'chats') {
    for (const { id } of await chats.all()) await chats.delete(id);
    for (const key of await store.keys('documents', keptResponsePrefix)) await store.delete('documents', key);
  }
  if (all || what === 'models') {
    for (const { id } of downloads.list.peek()) await downloads.cancel(id);
    await stored.refresh();
    for (const { key } of stored.list.peek()) await stored.delete(key);
    for (const name of whole?.chosen.peek() ?? []) await whole?.drop(name);
  }
  // Also what cannot be read any more, and this peer's own key, last.
  if (all)
    for (const table of tables) for (const key of await store.keys(table)) await store.delete(table, key);
}
