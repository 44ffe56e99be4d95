import { toError } from '../../base/error.ts';
import { chatFileBytesMax } from '../../base/limits.ts';
import type { StoredChat } from '../../peer/stored-chat.ts';
import { words } from '../strings.ts';
import { chat } from './chat.svelte.ts';
import { peers } from './peer.svelte.ts';

/** The chats that are kept in this browser. */
class History {
  chats = $state.raw<readonly StoredChat[]>();
  problem = $state<string>();
  /** What came of the last act, for people. */
  news = $state('');
  /** What was deleted last, until something else is done. */
  deleted = $state.raw<readonly StoredChat[]>([]);

  async load(): Promise<void> {
    await this.#act(async () => {
      this.chats = await (await peers.ready()).chats.all();
    });
  }

  async delete(chats: readonly StoredChat[]): Promise<void> {
    await this.#act(async () => {
      const peer = await peers.ready();
      chat.forget(gone => chats.some(({ id }) => id === gone));
      for (const { id } of chats) await peer.chats.delete(id);
      this.deleted = chats;
      this.news = words.history.deleted(chats.length);
      this.chats = await peer.chats.all();
    });
  }

  async undo(): Promise<void> {
    await this.#act(async () => {
      const peer = await peers.ready();
      for (const each of this.deleted) await peer.chats.put(each);
      this.deleted = [];
      this.news = words.history.restored;
      this.chats = await peer.chats.all();
    });
  }

  async import(file: File): Promise<void> {
    await this.#act(async () => {
      if (file.size > chatFileBytesMax) throw new Error(words.history.tooLarge(chatFileBytesMax));
      const { parseExport } = await import('../../peer/stored-chat.ts');
      const peer = await peers.ready();
      const found = parseExport(await file.text());
      for (const each of found) await peer.chats.put(each);
      this.deleted = [];
      this.news = words.history.imported(found.length);
      this.chats = await peer.chats.all();
    });
  }

  async export(): Promise<void> {
    await this.#act(async () => {
      const { exportChats } = await import('../../peer/stored-chat.ts');
      const text = exportChats(this.chats ?? []);
      const link = document.createElement('a');
      link.href = URL.createObjectURL(new Blob([text], { type: 'application/json' }));
      link.download = `tabmesh-chats-${new Date().toISOString().slice(0, 10)}.json`;
      link.click();
      setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
    });
  }

  async #act(work: () => Promise<void>): Promise<void> {
    this.problem = undefined;
    try {
      await work();
    } catch (error) {
      this.problem = toError(error, 'app').reason;
    }
  }
}

export const history = new History();

/** Chats in which every word of `query` occurs, in a question or an answer. */
export function matching(chats: readonly StoredChat[], query: string): readonly StoredChat[] {
  const wanted = query.toLowerCase().split(/\s+/).filter(Boolean);
  if (wanted.length === 0) return chats;
  return chats.filter(({ exchanges }) => {
    const text = exchanges
      .map(({ question, answer }) => `${question}\n${answer}`)
      .join('\n')
      .toLowerCase();
    return wanted.every(word => text.includes(word));
  });
}
