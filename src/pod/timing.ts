import type { PeerId } from '../base/brand.ts';
import { prefillRows } from '../base/limits.ts';
import type { ChainProblem } from './chain-problem.ts';
import type { PlanLayer, PlanPeer } from './plan.ts';
import { nearMs } from './round-trips.ts';

/** 10 GB/s, so that hops weigh against layers in some way where nobody has measured anything. */
const nominalNanosPerMB = 100_000;
/**
 * What crossing to another peer takes beside the way: conversion to f16, frames, event loops. Two crossings and a round trip
 * of less than 1 ms take 3.5 ms (bench/RESULTS.md, hop).
 */
const crossingNanos = 1_000_000;
/** Browsers give hidden tabs less: measured passes follow only once there are some. */
const hiddenFactor = 2;
/** Layers move only where that makes them faster by more than this share of the median. */
const stayShare = 0.1;

export const nanosPerMs = 1_000_000;

/** The lower of the two in the middle. */
export const median = (values: readonly number[]): number | undefined =>
  values.toSorted((a, b) => a - b)[(values.length - 1) >> 1];

/** How long the parts of a token take with given peers, in whole nanoseconds. Who asks is each of the peers, equally often. */
export class Timing {
  /** False where no peer has measured: times then compare plans, but foretell nothing. */
  readonly isMeasured: boolean;
  readonly #layers: readonly PlanLayer[];
  readonly #askers: readonly PlanPeer[];
  readonly #headBytes: number;
  readonly #medianNanosPerMB: number;
  readonly #roundTrips: ReadonlyMap<string, number>;

  constructor(layers: readonly PlanLayer[], peers: readonly PlanPeer[], headBytes: number) {
    const measured = peers.flatMap(({ speed }) => (speed ? [speed.rowNanosPerMB] : []));
    this.isMeasured = measured.length > 0;
    this.#layers = layers;
    this.#askers = peers;
    this.#headBytes = headBytes;
    this.#medianNanosPerMB = median(measured) ?? nominalNanosPerMB;
    this.#roundTrips = roundTripsOf(peers);
  }

  layers(peer: PlanPeer, first: number, last: number): number {
    const nanosPerMB = this.#nanosPerMB(peer);
    let nanos = 0;
    for (let layer = first; layer < last; layer++) nanos += this.#layer(layer, nanosPerMB);
    return nanos;
  }

  /** One chunk of a prompt through layers; undefined where the peer has measured none. */
  chunk({ speed, hidden }: PlanPeer, first: number, last: number): number | undefined {
    const nanosPerMB = speed?.chunkNanosPerMB;
    if (nanosPerMB === undefined) return undefined;
    const factor = hidden ? hiddenFactor : 1;
    let nanos = 0;
    for (let layer = first; layer < last; layer++) nanos += this.#layer(layer, nanosPerMB * factor);
    return nanos;
  }

  /** From one peer to another; nothing to itself. */
  crossing(from: PeerId, to: PeerId): number {
    if (from === to) return 0;
    const roundTripMs = this.#roundTrips.get(pair(from, to)) ?? nearMs;
    return Math.round((roundTripMs * nanosPerMs) / 2) + crossingNanos;
  }

  /** From whoever asks to a peer, or back: the mean. */
  asking(peer: PeerId): number {
    const all = this.#askers.reduce((sum, asker) => sum + this.crossing(asker.id, peer), 0);
    return Math.round(all / Math.max(1, this.#askers.length));
  }

  /** The output matrix of whoever asks: the mean. */
  head(): number {
    const all = this.#askers.reduce((sum, asker) => sum + this.#headBytes * this.#nanosPerMB(asker), 0);
    return Math.round(all / 1e6 / Math.max(1, this.#askers.length));
  }

  /** `stays`: layers that a peer does not hold yet count as a little slower on it. */
  problem(peers: readonly PlanPeer[], stays: boolean): ChainProblem {
    const count = this.#layers.length;
    const bytesBefore = new Float64Array(count + 1);
    for (const [layer, { weightBytes, cacheBytes }] of this.#layers.entries())
      bytesBefore[layer + 1] = bytesBefore[layer]! + weightBytes + cacheBytes;
    const costBefore = peers.map(peer => {
      const before = new Float64Array(count + 1);
      for (let layer = 0; layer < count; layer++) {
        const held = peer.holds?.some(({ first, last }) => first <= layer && layer < last) ?? false;
        const move = stays && !held ? this.#layer(layer, this.#medianNanosPerMB * stayShare) : 0;
        before[layer + 1] = before[layer]! + this.layers(peer, layer, layer + 1) + move;
      }
      return before;
    });
    const asking = peers.map(({ id }) => this.asking(id));
    return {
      layers: count,
      bytesBefore,
      room: peers.map(peer => peer.freeBytes),
      costBefore,
      enter: asking,
      leave: asking,
      between: peers.map(from => peers.map(to => this.crossing(from.id, to.id))),
    };
  }

  #layer(layer: number, nanosPerMB: number): number {
    return Math.round((this.#layers[layer]!.readBytes * nanosPerMB) / 1e6);
  }

  #nanosPerMB({ speed, hidden }: PlanPeer): number {
    return (speed?.rowNanosPerMB ?? this.#medianNanosPerMB) * (hidden ? hiddenFactor : 1);
  }
}

/** Rows in a second of what takes a chunk of them so many nanoseconds. */
export const chunkRowsPerSecond = (nanos: number): number => (prefillRows * 1e9) / nanos;

const pair = (a: PeerId, b: PeerId): string => (a < b ? `${a} ${b}` : `${b} ${a}`);

/** In ms, the mean of what both ends told. */
function roundTripsOf(peers: readonly PlanPeer[]): Map<string, number> {
  const ids = new Set(peers.map(({ id }) => id));
  const told = new Map<string, number[]>();
  for (const { id, roundTrips = [] } of peers) {
    for (const { peer, ms } of roundTrips) {
      if (peer === id || !ids.has(peer)) continue;
      told.set(pair(id, peer), [...(told.get(pair(id, peer)) ?? []), ms]);
    }
  }
  return new Map([...told].map(([key, all]) => [key, all.reduce((sum, ms) => sum + ms, 0) / all.length]));
}
