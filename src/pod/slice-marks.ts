import type { PeerId } from '../base/brand.ts';
import type { Clock } from '../base/clock.ts';
import { sliceSilentRestMs, sliceWrongRestMs, warningsMax } from '../base/limits.ts';
import { peerName } from '../network/peer-name.ts';
import type { Warning } from './pod.ts';

/** Members that are not asked for chunks for a while, and why. */
export class SliceMarks {
  readonly #clock: Clock;
  readonly #onChange: () => void;
  readonly #rests = new Map<PeerId, number>();
  readonly #warnings = new Map<PeerId, Warning>();

  constructor(clock: Clock, onChange: () => void) {
    this.#clock = clock;
    this.#onChange = onChange;
  }

  rests(peer: PeerId): boolean {
    return this.#clock.now() < (this.#rests.get(peer) ?? 0);
  }

  /** A member that is slow or silent is no liar: nobody is told. */
  silent(peer: PeerId): void {
    this.#rest(peer, sliceSilentRestMs);
  }

  wrong(peer: PeerId, model: string): void {
    this.#warn(
      peer,
      `${peerName(peer)} sent bytes of ${model} that are not what it says they are. They were refused.`,
    );
  }

  lied(peer: PeerId, model: string): void {
    const text = `${peerName(peer)} vouches for bytes of ${model} that its source does not have. What was taken on its word was thrown away.`;
    this.#warn(peer, text);
  }

  /** One for each member, the latest last. */
  warnings(): Warning[] {
    return [...this.#warnings.values()];
  }

  #warn(peer: PeerId, text: string): void {
    this.#rest(peer, sliceWrongRestMs);
    this.#warnings.delete(peer);
    this.#warnings.set(peer, { peer, text, at: Date.now() });
    for (const oldest of this.#warnings.keys()) {
      if (this.#warnings.size <= warningsMax) break;
      this.#warnings.delete(oldest);
    }
    this.#onChange();
  }

  #rest(peer: PeerId, ms: number): void {
    this.#rests.set(peer, Math.max(this.#rests.get(peer) ?? 0, this.#clock.now() + ms));
  }
}
