import type { PeerId } from '../base/brand.ts';
import type { Clock } from '../base/clock.ts';
import { TabmeshError, toError } from '../base/error.ts';
import { takeoverAnswerMs, takeoversMax } from '../base/limits.ts';
import type { ReplayBody } from './activation-frame.ts';
import type { ChainHop } from './chain.ts';
import type { Hops } from './hops.ts';
import type { Failed } from './steps.ts';

export interface Lost extends Failed {
  readonly failure: TabmeshError;
}

/** A hop whose peer was lost, and who has its layers from now on. */
export interface Taken {
  readonly lost: Lost;
  readonly by: PeerId;
}

export interface TakeoverParts {
  readonly clock: Clock;
  readonly hops: Hops;
  /** Somebody who holds the layers of `hop` and is not in `not`. */
  readonly standby: (hop: ChainHop, not: ReadonlySet<PeerId>) => PeerId | undefined;
  /** The requester sends once more what it sent to the first hop. */
  readonly replay: (body: ReplayBody) => void;
  /** The last step that came back to the requester. */
  readonly answered: () => number;
  readonly onTaken: (taken: readonly Taken[]) => void;
  readonly onHopeless: (lost: Lost) => void;
}

/**
 * Keeps one session whole while its peers come and go: a lost hop is replaced by a standby, a broken way is mended.
 * Way n leads from hop n - 1 to hop n; the first comes from the requester and the last goes there. A round opens the
 * standbys, asks whoever comes after a broken way what it has had, and then has the hop before it send all again. What
 * breaks meanwhile begins another round, in which standbys that have nothing yet keep their places.
 */
export class Takeover {
  readonly #parts: TakeoverParts;
  readonly #lost = new Map<number, Lost>();
  readonly #broken = new Set<number>();
  /** Hops of standbys that have no rows yet. */
  readonly #fresh = new Set<number>();
  readonly #unopened = new Set<number>();
  readonly #unheard = new Set<number>();
  readonly #had = new Map<number, number>();
  readonly #failed = new Set<PeerId>();
  readonly #strangers = new Set<PeerId>();
  /** Since rows last came back: which hop reported which way, and the hops that our own connection broke to. */
  readonly #reports = new Map<number, Set<number>>();
  readonly #shaken = new Set<number>();
  #rounds = 0;
  #scheduled = false;
  #closed = false;
  #stopWaiting = () => {};

  constructor(parts: TakeoverParts) {
    this.#parts = parts;
  }

  /** Rows for the first hop wait for the replay. */
  get holdsBack(): boolean {
    return this.#broken.has(0);
  }

  /** The peer of this hop cannot go on with the session. */
  lose(hop: number, lost: Lost): void {
    if (this.#closed || this.#lost.has(hop)) return;
    const { hops } = this.#parts;
    this.#lost.set(hop, lost);
    this.#failed.add(hops.peerAt(hop));
    hops.close(hop);
    this.#fresh.delete(hop);
    this.#unopened.delete(hop);
    for (const way of [hop, hop + 1]) this.#reports.delete(way);
    this.#break(hop, hop + 1);
  }

  /** A standby does not know the peer before or after it (yet): others are tried first. */
  refuse(hop: number, lost: Lost): void {
    const peer = this.#parts.hops.peerAt(hop);
    this.lose(hop, lost);
    this.#failed.delete(peer);
    this.#strangers.add(peer);
  }

  /** The requester's own connection to this hop broke, and its peer may still live. */
  shake(hop: number, lost: Lost): void {
    // Both directions break, each with its own word, and what is being mended may break once more.
    const again = this.#shaken.has(hop) && !this.#broken.has(hop);
    this.#shaken.add(hop);
    if (again) this.lose(hop, lost);
    else this.#break(hop, hop + 1);
  }

  /** Hop `reporter` lost what was under way to or from its neighbour on this way, and both may still live. */
  sever(way: number, reporter: number, failure: TabmeshError): void {
    const hop = reporter === way ? way - 1 : way;
    const [otherWay, other] = hop === way ? [way + 1, hop + 1] : [way - 1, hop - 1];
    // A way that breaks again before anything came back will not hold, and a hop that both its neighbours miss is gone.
    const reported = this.#reports.get(way)?.has(reporter) ?? false;
    const again = reported && !this.#broken.has(way);
    const gone = again || (this.#reports.get(otherWay)?.has(other) ?? false);
    this.#reports.set(way, new Set([...(this.#reports.get(way) ?? []), reporter]));
    if (!gone) {
      this.#break(way);
      return;
    }
    const { hops } = this.#parts;
    const lost = hops.chain[hop] ? hop : reporter;
    this.lose(lost, { failure, culprit: hops.peerAt(lost), confessed: false });
  }

  opened(hop: number): void {
    this.#unopened.delete(hop);
    this.#complete();
  }

  listening(hop: number, { previous, step }: { previous: PeerId; step: number }): void {
    if (previous !== this.#parts.hops.peerAt(hop - 1) || !this.#unheard.delete(hop)) return;
    this.#had.set(hop, step);
    this.#complete();
  }

  /** Rows came back. */
  progress(): void {
    if (this.#broken.size > 0) return;
    this.#rounds = 0;
    this.#reports.clear();
    this.#shaken.clear();
  }

  close(): void {
    this.#closed = true;
    this.#stopWaiting();
  }

  /** What breaks in one turn is mended together. */
  #break(...ways: number[]): void {
    for (const way of ways) this.#broken.add(way);
    if (this.#scheduled || this.#closed) return;
    this.#scheduled = true;
    queueMicrotask(() => {
      this.#scheduled = false;
      if (!this.#closed) this.#begin();
    });
  }

  #begin(): void {
    const { clock, hops, onTaken } = this.#parts;
    this.#stopWaiting();
    const taken = this.#replaceLost();
    if (!taken) return;
    this.#stopWaiting = clock.after(takeoverAnswerMs, () => this.#loseSilent());
    this.#unheard.clear();
    for (const way of this.#broken) {
      if (way < hops.chain.length && !taken.has(way)) this.#unheard.add(way);
    }
    for (const hop of taken.keys()) this.#tell(hop, () => hops.open(hop));
    for (const hop of this.#unheard) this.#tell(hop, () => hops.listen(hop));
    if (taken.size > 0) onTaken([...taken.values()]);
    this.#complete();
  }

  /** Undefined where there is nobody for one of them. */
  #replaceLost(): Map<number, Taken> | undefined {
    const { hops, standby, onHopeless } = this.#parts;
    const taken = new Map<number, Taken>();
    this.#rounds += 1;
    for (const [hop, lost] of this.#lost) {
      const layers = hops.chain[hop]!;
      const rather = () => standby(layers, this.#failed.union(this.#strangers));
      const by = this.#rounds > takeoversMax ? undefined : (rather() ?? standby(layers, this.#failed));
      if (by === undefined) {
        this.close();
        onHopeless(lost);
        return undefined;
      }
      hops.replace(hop, by);
      taken.set(hop, { lost, by });
      this.#fresh.add(hop);
      this.#unopened.add(hop);
    }
    this.#lost.clear();
    return taken;
  }

  /** The last way first, so that each hop knows where to send before rows reach it. */
  #complete(): void {
    const waits = this.#unopened.size > 0 || this.#unheard.size > 0;
    if (this.#closed || this.#scheduled || waits || this.#broken.size === 0) return;
    const { hops, answered, replay } = this.#parts;
    this.#stopWaiting();
    for (const way of [...this.#broken].sort((a, b) => b - a)) {
      let until = way;
      while (this.#fresh.has(until)) until += 1;
      const had = until === hops.chain.length ? answered() : this.#had.get(until)!;
      const body = { next: hops.peerAt(way), had, until };
      this.#broken.delete(way);
      if (way === 0) replay(body);
      else this.#tell(way - 1, () => hops.replay(way - 1, body));
      // Something broke again.
      if (this.#scheduled) break;
    }
    for (const hop of this.#fresh) if (!this.#broken.has(hop)) this.#fresh.delete(hop);
  }

  /** A peer for which too much is waiting is as good as lost. */
  #tell(hop: number, send: () => void): void {
    try {
      send();
    } catch (error) {
      const culprit = this.#parts.hops.peerAt(hop);
      this.lose(hop, { failure: toError(error, 'pod'), culprit, confessed: false });
    }
  }

  #loseSilent(): void {
    const failure = new TabmeshError('timeout', 'pod', 'It did not answer in time.');
    for (const hop of new Set([...this.#unopened, ...this.#unheard])) {
      this.lose(hop, { failure, culprit: this.#parts.hops.peerAt(hop), confessed: false });
    }
  }
}
