/** Time comes in through constructors, so that a simulation can turn it. */
export interface Clock {
  /** Milliseconds that never run backwards. */
  now(): number;
  /** Calls back once after `ms`; the returned function cancels. */
  after(ms: number, call: () => void): () => void;
}

export const systemClock: Clock = {
  now: () => performance.now(),
  after: (ms, call) => {
    const timer = setTimeout(call, ms);
    return () => clearTimeout(timer);
  },
};
