import type { Clock } from '../base/clock.ts';
import { hedgeMinMs, hedgeTimes } from '../base/limits.ts';
import type { Attempt } from './attempt.ts';
import type { DestinationKind } from './destination.ts';
import type { Standing } from './policy.ts';
import type { CompletionEvent, CompletionRequest } from './request.ts';

/**
 * Of these a second one may be asked while the first is silent: an answer there changes nothing and is paid nothing, and the request
 * may go to any of them. From the pod it would go out to others, and a provider would be paid twice, whosever money it is.
 */
const hedgeable: readonly DestinationKind[] = ['federated'];

/** Milliseconds of silence after which another is asked as well; undefined where none is, or nothing was measured. */
export function hedgeAfterMs(kind: DestinationKind, { firstMs }: Standing): number | undefined {
  if (firstMs === undefined || !hedgeable.includes(kind)) return undefined;
  return Math.max(hedgeMinMs, hedgeTimes * firstMs);
}

export interface HedgeParts {
  readonly clock: Clock;
  readonly afterMs: number;
  /** Asked for once, when the first has been silent for so long. */
  readonly other: () => Attempt | undefined;
  /** One of the two failed and the other goes on. */
  readonly onFailed: (attempt: Attempt, error: unknown) => void;
  /** Told of whoever is left. */
  readonly onLast: (attempt: Attempt) => void;
}

interface Run {
  readonly attempt: Attempt;
  readonly events: AsyncGenerator<CompletionEvent, void, void>;
  readonly abort: AbortController;
}
type Next = { readonly run: Run } & (
  | { readonly result: IteratorResult<CompletionEvent, void> }
  | { readonly error: unknown }
);

/** Whoever speaks first answers, and the other is given up before anybody has seen a word of it. Throws what the last one left throws. */
export async function* hedge(
  first: Attempt,
  request: CompletionRequest,
  { clock, afterMs, other, onFailed, onLast }: HedgeParts,
  signal?: AbortSignal,
): AsyncGenerator<CompletionEvent, void, void> {
  const waiting = new Map<Run, Promise<Next>>();
  const start = (attempt: Attempt) => {
    const abort = new AbortController();
    const both = signal ? AbortSignal.any([signal, abort.signal]) : abort.signal;
    const run = { attempt, abort, events: attempt.run(request, both) };
    waiting.set(run, nextOf(run));
  };
  const silent = Promise.withResolvers<'silent'>();
  const disarm = clock.after(afterMs, () => silent.resolve('silent'));
  let armed = true;
  start(first);
  try {
    for (;;) {
      const next = await Promise.race([...waiting.values(), ...(armed ? [silent.promise] : [])]);
      if (next === 'silent') {
        armed = false;
        const rival = other();
        if (rival) start(rival);
        continue;
      }
      const { run } = next;
      waiting.delete(run);
      if ('error' in next) {
        if (waiting.size === 0) throw next.error;
        onFailed(run.attempt, next.error);
        for (const { attempt } of waiting.keys()) onLast(attempt);
        continue;
      }
      if (next.result.done) return;
      if (run.attempt.spoke) {
        armed = false;
        onLast(run.attempt);
        for (const loser of waiting.keys()) {
          loser.attempt.outrun();
          giveUp(loser);
        }
        waiting.clear();
      }
      waiting.set(run, nextOf(run));
      yield next.result.value;
    }
  } finally {
    disarm();
    for (const run of waiting.keys()) giveUp(run);
  }
}

const nextOf = (run: Run): Promise<Next> =>
  run.events.next().then(
    result => ({ run, result }),
    error => ({ run, error }),
  );

/** What it still says nobody hears. */
function giveUp({ abort, events }: Run): void {
  abort.abort(new DOMException('Another one answers.', 'AbortError'));
  void events.return().catch(() => {});
}
