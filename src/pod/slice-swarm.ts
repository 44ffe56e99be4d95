import type { ModelId, PeerId } from '../base/brand.ts';
import { sha256Hex } from '../base/bytes.ts';
import { type ErrorKind, TabmeshError, toError } from '../base/error.ts';
import {
  sliceAskEveryMs,
  sliceClaimsMax,
  sliceFurtherLanes,
  sliceHedgeMs,
  sliceWindow,
  sourceSilenceMs,
} from '../base/limits.ts';
import type { ChunkOrder, Claim } from '../model/chunk-order.ts';
import type { Chunk } from '../model/slice.ts';
import type { Network } from '../network/network.ts';
import { SliceAgreement } from './slice-agreement.ts';
import { SliceLine } from './slice-line.ts';
import type { SliceMarks } from './slice-marks.ts';
import type { SpotChecks, Taken } from './spot-checks.ts';

export interface SwarmParts {
  readonly network: Network;
  readonly marks: SliceMarks;
  readonly checks: SpotChecks;
  readonly order: ChunkOrder;
  /** The other members that are present now. */
  readonly members: () => readonly PeerId[];
  /** What the id of the file itself says of a chunk; undefined where it says nothing. */
  readonly known: ((chunk: Chunk) => string | undefined) | undefined;
  /** Chunks that were there before this order turned out to be lies and are gone from the store. */
  readonly onForgotten: () => void;
}

/** Of one lane: the member's first line, and the one that this lane carries over once it has begun. */
interface Lines {
  readonly first: SliceLine;
  own: Promise<SliceLine> | undefined;
}

/** A member's own fault, for which it is named. */
const isWrong = (kind: ErrorKind) => kind === 'corrupt';

/** Brings chunks of one order from all members that have them, a few from each at once. */
export class SliceSwarm {
  readonly #parts: SwarmParts;
  readonly #agreement: SliceAgreement;
  readonly #asking = new Set<PeerId>();
  /** Had nothing (more), or went. What it said before still contradicts who says otherwise. */
  readonly #through = new Set<PeerId>();
  /** What members brought, and was thrown away so that the source brings it. */
  readonly #doubted = new Map<Chunk, Taken & { readonly since: number }>();
  /** Who said what it has. */
  readonly #heard = new Set<PeerId>();
  readonly #begunAt: number;
  readonly #busyUntil = new Map<PeerId, number>();
  #claims = 0;
  #stop = () => {};

  constructor(parts: SwarmParts) {
    this.#parts = parts;
    const { model, version, clock } = parts.order;
    this.#begunAt = clock.now();
    this.#agreement = new SliceAgreement(model.fileBytes, version);
    if (!parts.known) parts.order.onSource((chunk, hash) => this.#compare(chunk, hash));
  }

  /** Asks whoever is there until the order ends; without a source it ends once nobody can bring anything more. */
  async run(): Promise<void> {
    const { order, members, marks } = this.#parts;
    this.#tick();
    while (!order.signal.aborted) {
      const changed = order.changed();
      for (const peer of members())
        if (!this.#asking.has(peer) && !this.#through.has(peer) && !marks.rests(peer)) void this.#carry(peer);
      if (order.sourceEnded && this.#asking.size === 0) break;
      await changed;
    }
    this.#stop();
  }

  /** Everything that one member brings. */
  async #carry(peer: PeerId): Promise<void> {
    const { network, order, marks } = this.#parts;
    this.#asking.add(peer);
    let line: SliceLine | undefined;
    try {
      line = await SliceLine.open(network, order.clock, peer, order.signal);
      const open = line;
      await this.#ask(open);
      const lanes = Array.from({ length: sliceWindow + sliceFurtherLanes }, (_, index) =>
        this.#lane(open, index),
      );
      await Promise.all(lanes);
    } catch (error) {
      const { kind } = toError(error, 'pod');
      if (order.signal.aborted) return;
      if (isWrong(kind)) marks.wrong(peer, order.model.name);
      else marks.silent(peer);
    } finally {
      line?.close();
      this.#through.add(peer);
      this.#asking.delete(peer);
      this.#count();
      order.poke();
    }
  }

  /** Ends where this member can bring nothing more. All but the first carry on a channel of their own, which may take another connection. */
  async #lane(first: SliceLine, index: number): Promise<void> {
    const { order, marks } = this.#parts;
    const lines = { first, own: index === 0 ? Promise.resolve(first) : undefined };
    try {
      while (!order.signal.aborted && !marks.rests(first.peer)) {
        const changed = order.changed();
        const claim = this.#claim(first.peer, index);
        if (claim) {
          lines.own ??= this.#another(first);
          await this.#bring(lines, claim);
        } else if (!(await this.#mayBring(first))) return;
        else await changed;
      }
    } finally {
      const own = await lines.own;
      if (own !== first) own?.close();
    }
  }

  /** Never rejects: what is wrong with the member shows on the first as well. */
  #another(first: SliceLine): Promise<SliceLine> {
    const { network, order } = this.#parts;
    return SliceLine.open(network, order.clock, first.peer, order.signal, first).catch(() => first);
  }

  /** What a member has may grow while others bring the rest. With nobody else to bring it there is nothing to wait for. */
  async #mayBring(line: SliceLine): Promise<boolean> {
    const { order } = this.#parts;
    const has = () => order.missing().some(chunk => this.#has(line.peer, chunk));
    if (has()) return true;
    if (order.clock.now() - line.askedAt >= line.asks * sliceAskEveryMs) await this.#ask(line);
    return has() || !order.sourceEnded || this.#claims > 0;
  }

  async #ask(line: SliceLine): Promise<void> {
    const { order } = this.#parts;
    this.#agreement.hear(line.peer, await line.ask(order.model.id as ModelId, order.signal));
    this.#count();
    this.#heard.add(line.peer);
    order.poke();
  }

  #claim(peer: PeerId, lane: number): Claim | undefined {
    const { order, members, marks } = this.#parts;
    if (this.#claims >= sliceClaimsMax) return undefined;
    // What the others' lanes take is left to them.
    const left = Math.min(order.free, sliceClaimsMax - this.#claims);
    if (lane >= sliceWindow && left <= sliceWindow * (this.#asking.size - 1)) return undefined;
    const rank = (chunk: Chunk) =>
      this.#has(peer, chunk) && !this.#isLeft(chunk) ? this.#holders(chunk).length : undefined;
    const now = order.clock.now();
    // Who lies may be the first to speak: the others get the time to contradict.
    const unheard = members().some(each => !this.#heard.has(each) && !marks.rests(each));
    if (unheard && now < this.#begunAt + sliceAskEveryMs) return undefined;
    // A member that is busy is asked again with a later tick.
    if (now < (this.#busyUntil.get(peer) ?? 0)) return undefined;
    return order.claim('members', rank) ?? order.hedge('members', rank, claim => this.#isSlow(claim));
  }

  /** To the source, which is asked for it and does answer. */
  #isLeft(chunk: Chunk): boolean {
    const { order } = this.#parts;
    const doubt = this.#doubted.get(chunk);
    if (!doubt || order.sourceEnded) return false;
    return order.clock.now() - Math.max(doubt.since, order.sourceHeardAt) < sourceSilenceMs;
  }

  #isSlow({ chunk, since, arrived }: Claim): boolean {
    const took = this.#parts.order.clock.now() - since;
    const size = chunk.end - chunk.start;
    return took > sliceHedgeMs && (arrived === 0 || (took * (size - arrived)) / arrived > sliceHedgeMs);
  }

  /** Over the lane's own line, and over the first from then on where that breaks. */
  async #bring(lines: Lines, claim: Claim): Promise<void> {
    const { order } = this.#parts;
    const { first } = lines;
    let line = first;
    const { chunk, signal } = claim;
    const hash = this.#hashOf(chunk)!;
    const vouchers = this.#agreement.vouchers(chunk, hash);
    this.#claims += 1;
    try {
      line = (await lines.own) ?? first;
      const bytes = await line.chunk(order.model.id as ModelId, chunk, signal, count => claim.count(count));
      if ((await sha256Hex(bytes)) !== hash)
        throw new TabmeshError('corrupt', 'pod', 'These are not the bytes that it said it has.');
      await this.#take(claim, bytes, { chunk, hash, vouchers });
    } catch (error) {
      if (!signal.aborted && !order.signal.aborted) {
        claim.giveUp();
        // It is busy, or lost what it had: there is nothing to hold against it.
        const { kind } = toError(error, 'pod');
        const isBusy = kind === 'unavailable' || kind === 'full' || kind === 'not-found';
        if (!isBusy && (line === first || isWrong(kind))) throw error;
        if (isBusy) this.#busyUntil.set(first.peer, order.clock.now() + sliceAskEveryMs);
        else {
          line.close();
          lines.own = Promise.resolve(first);
        }
        if (kind === 'not-found') await this.#ask(first);
      }
    } finally {
      this.#claims -= 1;
      order.poke();
    }
  }

  async #take(claim: Claim, bytes: Uint8Array<ArrayBuffer>, taken: Taken): Promise<void> {
    const { order, known, checks } = this.#parts;
    const { chunk } = claim;
    if (claim.signal.aborted) return;
    // Whoever vouched for it was refuted or contradicted while it was on its way.
    if (this.#hashOf(chunk) !== taken.hash) return claim.giveUp();
    if (!known && !order.sourceEnded && !this.#doubted.has(chunk) && checks.draws(taken.vouchers)) {
      this.#doubted.set(chunk, { ...taken, since: order.clock.now() });
      this.#count();
      return claim.giveUp();
    }
    if (!known) checks.take(taken);
    await claim.bring(bytes);
  }

  /** The source has spoken: who says to have read something else there is named, and nothing of its word is kept. */
  #compare(chunk: Chunk, hash: string): void {
    const { order, marks, checks } = this.#parts;
    const doubt = this.#doubted.get(chunk);
    // What they said when they sent it counts, whatever they say by now.
    const before = doubt && doubt.hash !== hash ? doubt.vouchers : [];
    const liars = new Set([...this.#agreement.refuted(chunk, hash), ...before]);
    checks.drop(chunk);
    for (const liar of liars) {
      marks.lied(liar, order.model.name);
      this.#agreement.forget(liar);
    }
    this.#forget(checks.takenOn(liars).filter(taken => this.#hashOf(taken.chunk) !== taken.hash));
    this.#count();
  }

  /** Others may vouch for it as well, or it is fetched anew. */
  #forget(lies: readonly Taken[]): void {
    const { order, checks, onForgotten } = this.#parts;
    for (const { chunk } of lies) checks.drop(chunk);
    const inOrder = lies.map(({ chunk }) => order.retract(chunk));
    if (inOrder.includes(false)) onForgotten();
  }

  #hashOf(chunk: Chunk): string | undefined {
    const { known, order } = this.#parts;
    return known ? known(chunk) : this.#agreement.hashOf(chunk, order.sourceEnded);
  }

  #holders(chunk: Chunk): PeerId[] {
    return this.#agreement.holders(chunk, this.#hashOf(chunk)).filter(peer => this.#asking.has(peer));
  }

  #has(peer: PeerId, chunk: Chunk): boolean {
    return this.#holders(chunk).includes(peer);
  }

  #count(): void {
    // The source begins with what the fewest have.
    this.#parts.order.setHolders(chunk => (this.#doubted.has(chunk) ? 0 : this.#holders(chunk).length));
  }

  /** Newcomers are met, what is late is seen, and what members have is asked for again. */
  #tick(): void {
    const { order } = this.#parts;
    this.#stop = order.clock.after(sliceAskEveryMs, () => {
      // While the source brings the rest, a member may come by more.
      if (!order.sourceEnded) this.#through.clear();
      order.poke();
      this.#tick();
    });
  }
}
