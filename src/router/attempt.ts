import type { Clock } from '../base/clock.ts';
import { isKind, TabmeshError } from '../base/error.ts';
import type { Destination } from './destination.ts';
import type { Record } from './record.ts';
import type { CompletionEvent, CompletionRequest } from './request.ts';

/** Failures of the request or of the one who asks, which say nothing about the destination. */
const blameless = ['invalid', 'cancelled', 'unsupported', 'not-found'] as const;

type RouteEvent = Extract<CompletionEvent, { kind: 'route' }>;

export interface AttemptParts {
  readonly destination: Destination;
  readonly record: Record;
  readonly clock: Clock;
  /** Somebody else could be asked next, so the route is named only when it is certain. */
  readonly replaceable: boolean;
  /** Why others were not asked, or did not answer. */
  readonly before: string;
}

/** One try at one destination. */
export class Attempt {
  readonly #parts: AttemptParts;
  #spoke = false;
  #startedAt = 0;

  constructor(parts: AttemptParts) {
    this.#parts = parts;
  }

  get name(): string {
    return this.#parts.destination.name;
  }

  /** Another one spoke first: it would have taken longer than it did until now. */
  outrun(): void {
    const { record, clock } = this.#parts;
    record.outrun(clock.now() - this.#startedAt, clock.now());
  }

  /** The client has text of this answer: another route could not go on exactly where it stands. */
  get spoke(): boolean {
    return this.#spoke;
  }

  async *run(request: CompletionRequest, signal?: AbortSignal): AsyncGenerator<CompletionEvent, void, void> {
    const { destination, record, clock, replaceable, before } = this.#parts;
    const late = new AbortController();
    const patience = request.constraints?.maxLatencyMs;
    const disarm =
      patience === undefined ? () => {} : clock.after(patience, () => late.abort(silent(patience)));
    let route: CompletionEvent | undefined;
    record.begin();
    this.#startedAt = clock.now();
    try {
      const both = signal ? AbortSignal.any([signal, late.signal]) : late.signal;
      for await (const said of destination.complete(request, both)) {
        const event = said.kind === 'route' ? withReason(said, before) : said;
        if (event.kind === 'route' && replaceable && !this.#spoke) {
          route = event;
          continue;
        }
        if (event.kind !== 'step' && event.kind !== 'route') {
          disarm();
          this.#spoke = true;
          if (route) yield route;
          route = undefined;
        }
        if (event.kind === 'end') record.succeeded(event.timings, clock.now());
        yield event;
      }
    } catch (error) {
      if (signal?.aborted || !(error instanceof TabmeshError)) throw error;
      const fault = late.signal.aborted ? (late.signal.reason as TabmeshError) : error;
      if (!blameless.some(kind => isKind(fault, kind))) record.failed(clock.now(), fault.retryAfterMs);
      throw fault;
    } finally {
      disarm();
      record.leave();
    }
  }
}

const withReason = (event: RouteEvent, before: string): RouteEvent => ({
  ...event,
  route: { ...event.route, reason: `${event.route.reason} ${before}`.trim() },
});

const silent = (ms: number) =>
  new TabmeshError(
    'timeout',
    'router',
    `It said nothing within the ${ms} ms that the request allows. Allow more, or ask again.`,
  );
