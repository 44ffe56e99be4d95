import type { PeerId } from '../base/brand.ts';
import { sliceUploadsMax } from '../base/limits.ts';

interface Upload {
  readonly to: PeerId;
  readonly work: () => Promise<void>;
}

/** What is sent to others: a few chunks at once, and the next goes to whom the fewest are being sent. */
export class SliceUploads {
  #waiting: Upload[] = [];
  readonly #running: Upload[] = [];

  /** `work` never rejects. */
  add(to: PeerId, work: () => Promise<void>): void {
    this.#waiting.push({ to, work });
    this.#next();
  }

  drop(peer: PeerId): void {
    this.#waiting = this.#waiting.filter(({ to }) => to !== peer);
  }

  #next(): void {
    while (this.#running.length < sliceUploadsMax && this.#waiting.length > 0) {
      const load = ({ to }: Upload) => this.#running.filter(each => each.to === to).length;
      const least = Math.min(...this.#waiting.map(load));
      const next = this.#waiting.find(each => load(each) === least)!;
      this.#waiting.splice(this.#waiting.indexOf(next), 1);
      this.#running.push(next);
      void next.work().finally(() => {
        this.#running.splice(this.#running.indexOf(next), 1);
        this.#next();
      });
    }
  }
}
