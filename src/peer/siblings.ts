import { type Live, LiveValue } from '../base/live.ts';

const prefix = 'tabmesh/tab/';
const topic = 'tabmesh/tabs';

/**
 * How many tabs of this browser run a peer. Each holds a lock of its own for as long as it lives, and waits for those of
 * the others: a lock comes free however its tab ends, and no tab has to ask again and again.
 */
export class Siblings {
  readonly #locks: LockManager;
  readonly #own = `${prefix}${crypto.randomUUID()}`;
  readonly #channel = new BroadcastChannel(topic);
  readonly #count = new LiveValue(1);
  readonly #ended = new AbortController();
  readonly #watched = new Set<string>();
  readonly #onNews: (() => void)[] = [];

  private constructor(locks: LockManager) {
    this.#locks = locks;
    this.#channel.onmessage = () => {
      void this.#recount();
      for (const call of this.#onNews) call();
    };
  }

  /** Resolves when this tab counts, too. */
  static async join(locks: LockManager): Promise<Siblings> {
    const siblings = new Siblings(locks);
    const { promise: held, resolve } = Promise.withResolvers<void>();
    const { signal } = siblings.#ended;
    const hold = () => {
      resolve();
      return new Promise<void>(end => signal.addEventListener('abort', () => end(), { once: true }));
    };
    void locks.request(siblings.#own, hold);
    await held;
    siblings.tell();
    await siblings.#recount();
    return siblings;
  }

  /** Tabs with a peer, this one among them: 1 or more. */
  get count(): Live<number> {
    return this.#count;
  }

  /** Calls the others' `onNews`. */
  tell(): void {
    this.#channel.postMessage('news');
  }

  /** Called when another tab came or has changed what the browser keeps for all of them. */
  onNews(call: () => void): void {
    this.#onNews.push(call);
  }

  leave(): void {
    this.#ended.abort();
    this.#channel.close();
  }

  async #recount(): Promise<void> {
    const { held = [] } = await this.#locks.query();
    if (this.#ended.signal.aborted) return;
    // A shared one is a look of a tab that waited for somebody who has just gone.
    const tabs = held.flatMap(({ name, mode }) =>
      name?.startsWith(prefix) && mode === 'exclusive' ? [name] : [],
    );
    for (const name of tabs) if (name !== this.#own) void this.#watch(name);
    const count = Math.max(1, tabs.length);
    if (count !== this.#count.peek()) this.#count.set(count);
  }

  async #watch(name: string): Promise<void> {
    if (this.#watched.has(name)) return;
    this.#watched.add(name);
    try {
      await this.#locks.request(name, { mode: 'shared', signal: this.#ended.signal }, () => {});
      this.#watched.delete(name);
      await this.#recount();
    } catch {
      // We are leaving.
    }
  }
}
