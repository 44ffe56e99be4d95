import type { Clock } from './clock.ts';

/**
 * Runs `work` with a signal that aborts when `signal` does, or with `late()` after `ms`. Rejects at that moment, even
 * where `work` pays no heed.
 */
export async function within<T>(
  clock: Clock,
  ms: number,
  late: () => Error,
  work: (signal: AbortSignal) => Promise<T>,
  signal?: AbortSignal,
): Promise<T> {
  signal?.throwIfAborted();
  const controller = new AbortController();
  const stop = () => controller.abort(signal?.reason);
  signal?.addEventListener('abort', stop, { once: true });
  const cancel = clock.after(ms, () => controller.abort(late()));
  try {
    return await Promise.race([work(controller.signal), whenAborted(controller.signal)]);
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
