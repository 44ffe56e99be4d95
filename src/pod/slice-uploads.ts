import type { PeerId } from '../base/brand.ts';
import { sliceUploadsMax } from '../base/limits.ts';

interface Upload {
  readonly to: PeerId;
  readonly work: () => Promise<void>;
}

/**
 * What is sent to others: a few chunks at once, and the next goes to whom the fewest are being sent; of those to whoever
 * had a turn the longest ago, so that nobody gets more by asking for more.
 */
export class SliceUploads {
  #waiting: Upload[] = [];
  readonly #running: Upload[] = [];
  /** When each that waits or is sent to had its last turn. */
  readonly #turns = new Map<PeerId, number>();
  #turn = 0;

  /** `work` never rejects. */
  add(to: PeerId, work: () => Promise<void>): void {
    this.#waiting.push({ to, work });
    this.#next();
  }

  drop(peer: PeerId): void {
    this.#waiting = this.#waiting.filter(({ to }) => to !== peer);
    this.#forget(peer);
  }

  #next(): void {
    while (this.#running.length < sliceUploadsMax && this.#waiting.length > 0) {
      const next = this.#waiting.reduce((best, each) => (this.#isBefore(each, best) ? each : best));
      this.#waiting.splice(this.#waiting.indexOf(next), 1);
      this.#running.push(next);
      this.#turns.set(next.to, ++this.#turn);
      void next.work().finally(() => {
        this.#running.splice(this.#running.indexOf(next), 1);
        this.#forget(next.to);
        this.#next();
      });
    }
  }

  #isBefore({ to: one }: Upload, { to: other }: Upload): boolean {
    const load = (peer: PeerId) => this.#running.filter(({ to }) => to === peer).length;
    const turn = (peer: PeerId) => this.#turns.get(peer) ?? 0;
    return load(one) - load(other) < 0 || (load(one) === load(other) && turn(one) < turn(other));
  }

  #forget(peer: PeerId): void {
    if (![...this.#waiting, ...this.#running].some(({ to }) => to === peer)) this.#turns.delete(peer);
  }
}
