import type { Clock } from './clock.ts';

/**
 * Runs `work` with a signal that aborts when `signal` does, or with `late()` after `ms`. Rejects at that moment, even
 * where `work` pays no heed. What shows that it comes forward may add time, up to `mostMs` in all.
 */
export async function within<T>(
  clock: Clock,
  ms: number,
  late: () => Error,
  work: (signal: AbortSignal, add: (ms: number) => void) => Promise<T>,
  signal?: AbortSignal,
  mostMs = ms,
): Promise<T> {
  signal?.throwIfAborted();
  const controller = new AbortController();
  const stop = () => controller.abort(signal?.reason);
  signal?.addEventListener('abort', stop, { once: true });
  const begun = clock.now();
  let limit = ms;
  const add = (more: number) => {
    limit = Math.min(limit + more, mostMs);
  };
  let cancel = () => {};
  const look = () => {
    const left = begun + limit - clock.now();
    if (left > 0) cancel = clock.after(left, look);
    else controller.abort(late());
  };
  look();
  try {
    return await Promise.race([work(controller.signal, add), whenAborted(controller.signal)]);
  } finally {
    cancel();
    signal?.removeEventListener('abort', stop);
  }
}

/** Rejects with the signal's reason; never resolves. */
export function whenAborted(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    if (signal.aborted) reject(signal.reason);
    else signal.addEventListener('abort', () => reject(signal.reason), { once: true });
  });
}
