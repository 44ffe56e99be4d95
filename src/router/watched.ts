import type { Router } from './request.ts';

/** The same that answers, and whether it answers anything now. */
export function watched<Answerer extends Pick<Router, 'complete'>>(
  answerer: Answerer,
): { readonly answerer: Answerer; readonly isBusy: () => boolean } {
  let running = 0;
  return {
    isBusy: () => running > 0,
    answerer: {
      ...answerer,
      async *complete(request, signal) {
        running += 1;
        try {
          yield* answerer.complete(request, signal);
        } finally {
          running -= 1;
        }
      },
    },
  };
}
