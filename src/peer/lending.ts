import { type Live, LiveValue } from '../base/live.ts';
import type { Store } from '../store/store.ts';
import type { Siblings } from './siblings.ts';

const key = 'lent-bytes';

/** What a person lends: one amount for the whole browser, of which each of its tabs with a peer lends an equal share. */
export class Lending {
  readonly #store: Store;
  readonly #siblings: Siblings | undefined;
  readonly #bytes: LiveValue<number>;
  readonly #share: LiveValue<number>;
  #chosen: boolean;

  private constructor(store: Store, bytes: number, chosen: boolean, siblings?: Siblings) {
    this.#store = store;
    this.#chosen = chosen;
    this.#siblings = siblings;
    this.#bytes = new LiveValue(bytes);
    this.#share = new LiveValue(bytes);
    siblings?.count.subscribe(() => this.#divide());
    siblings?.onNews(() => void this.#reread().catch(() => {}));
  }

  /** `usual` where nothing was set yet. Without `siblings` the peer is the only one on its store. */
  static async open(store: Store, usual: number, siblings?: Siblings): Promise<Lending> {
    const kept = await read(store);
    return new Lending(store, kept ?? usual, kept !== undefined, siblings);
  }

  /** Of all tabs together. */
  get bytes(): Live<number> {
    return this.#bytes;
  }

  /** Of this tab. */
  get share(): Live<number> {
    return this.#share;
  }

  /** Whether a person has said how much. */
  get chosen(): boolean {
    return this.#chosen;
  }

  async set(bytes: number): Promise<void> {
    await this.#store.put('settings', key, new TextEncoder().encode(String(bytes)));
    this.#change(bytes);
    this.#siblings?.tell();
  }

  async #reread(): Promise<void> {
    const bytes = await read(this.#store);
    if (bytes !== undefined) this.#change(bytes);
  }

  #change(bytes: number): void {
    // The same amount counts as news where nobody had said it.
    const news = !this.#chosen || bytes !== this.#bytes.peek();
    this.#chosen = true;
    if (news) this.#bytes.set(bytes);
    this.#divide();
  }

  #divide(): void {
    const share = Math.floor(this.#bytes.peek() / (this.#siblings?.count.peek() ?? 1));
    if (share !== this.#share.peek()) this.#share.set(share);
  }
}

async function read(store: Store): Promise<number | undefined> {
  const saved = await store.get('settings', key);
  return saved && (Number(new TextDecoder().decode(saved)) || 0);
}
