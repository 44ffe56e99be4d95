import type { Destination } from '../destination.ts';

/** The same destination, and whether it answers anything now. */
export function watched(destination: Destination): {
  readonly destination: Destination;
  readonly isBusy: () => boolean;
} {
  let running = 0;
  return {
    isBusy: () => running > 0,
    destination: {
      ...destination,
      async *complete(request, signal) {
        running += 1;
        try {
          yield* destination.complete(request, signal);
        } finally {
          running -= 1;
        }
      },
    },
  };
}
