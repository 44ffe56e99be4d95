import { TabmeshError } from '../base/error.ts';
import { chatCharactersMax, chatsMax } from '../base/limits.ts';
import { Turns } from '../base/turns.ts';
import type { Store } from '../store/store.ts';
import { decodeChat, encodeChat, mergeChats, type StoredChat } from './stored-chat.ts';

/** The chats of this browser profile; nobody else gets them. */
export interface Chats {
  /** The latest first. What cannot be read is left out, and left where it is. */
  all(): Promise<StoredChat[]>;
  get(id: string): Promise<StoredChat | undefined>;
  /** Keeps what another tab has added to the same chat. Throws TabmeshError('full', 'store') with what to do. */
  put(chat: StoredChat): Promise<void>;
  delete(id: string): Promise<void>;
}

export class StoredChats implements Chats {
  readonly #store: Store;
  /** One after the other, so that a chat that is merged is the latest. */
  readonly #turns = new Turns();

  constructor(store: Store) {
    this.#store = store;
  }

  async all(): Promise<StoredChat[]> {
    const keys = await this.#store.keys('chats');
    const chats = await Promise.all(keys.map(key => this.get(key)));
    return chats.filter(chat => chat !== undefined).sort((a, b) => b.updatedAt - a.updatedAt);
  }

  async get(id: string): Promise<StoredChat | undefined> {
    const bytes = await this.#store.get('chats', id);
    return bytes && decodeChat(bytes);
  }

  put(chat: StoredChat): Promise<void> {
    return this.#turns.take(async () => {
      const before = await this.get(chat.id);
      if (!before && (await this.#store.keys('chats')).length >= chatsMax) {
        throw new TabmeshError(
          'full',
          'store',
          `${chatsMax} chats are kept, and this one is not. Export and delete some of them.`,
        );
      }
      const bytes = encodeChat(mergeChats(chat, before));
      if (!decodeChat(bytes)) {
        const reason = `A question or an answer in it is longer than the ${chatCharactersMax.toLocaleString('en')} characters that are kept. What was kept of it before stays.`;
        throw new TabmeshError('full', 'store', reason);
      }
      await this.#store.put('chats', chat.id, bytes);
    });
  }

  delete(id: string): Promise<void> {
    return this.#turns.take(() => this.#store.delete('chats', id));
  }
}
