/** Randomness comes in through constructors, so that one seed replays a run. */
export interface Random {
  /** Uniform in [0, 1). */
  next(): number;
  bytes(length: number): Uint8Array;
}

export const systemRandom: Random = {
  next: Math.random,
  bytes: length => crypto.getRandomValues(new Uint8Array(length)),
};

/** mulberry32: 32 bits of state, good enough for tests and sampling, not for keys. */
export function seededRandom(seed: number): Random {
  let state = seed >>> 0;
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  return { next, bytes: length => Uint8Array.from({ length }, () => Math.floor(next() * 256)) };
}
