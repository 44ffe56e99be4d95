import type { Clock } from '../base/clock.ts';
import { isKind, TabmeshError, toError } from '../base/error.ts';
import { recordsMax, routeTriesMax } from '../base/limits.ts';
import type { Random } from '../base/random.ts';
import { Attempt } from './attempt.ts';
import { type Destination, destinationKinds } from './destination.ts';
import { hedge, hedgeAfterMs } from './hedge.ts';
import { noRoute, passedOver, type Refused } from './no-route.ts';
import { choose, type Standing } from './policy.ts';
import { Record } from './record.ts';
import type { CompletionEvent, CompletionRequest, Foresight, RouteOption, Router } from './request.ts';

export interface RouterParts {
  /** Asked for each request, since keys and members come and go. */
  readonly destinations: () => Promise<readonly Destination[]>;
  readonly clock: Clock;
  readonly random: Random;
}

/**
 * Asks one destination after the other until one begins to answer. Two are asked at once only where that costs nobody anything
 * (see hedge.ts), and the client sees a single answer: each is drawn, so two would differ.
 */
export function createRouter({ destinations, clock, random }: RouterParts): Router & Foresight {
  const records = new Map<string, Record>();
  const recordOf = ({ id }: Destination): Record => {
    const record = records.get(id) ?? new Record();
    records.set(id, record);
    for (const old of records.keys()) if (records.size > recordsMax) records.delete(old);
    return record;
  };
  const candidate = (destination: Destination) => ({
    destination,
    rank: destinationKinds.indexOf(destination.kind),
    standing: recordOf(destination).standing(clock.now()),
  });

  const whyNot = async (
    destination: Destination,
    request: CompletionRequest,
  ): Promise<TabmeshError | undefined> =>
    breach(destination, candidate(destination).standing, request) ?? (await destination.refusal(request));

  async function* complete(
    request: CompletionRequest,
    signal?: AbortSignal,
  ): AsyncGenerator<CompletionEvent, void, void> {
    const refused: Refused[] = [];
    let left: Destination[] = [];
    const all = await destinations();
    // At once: a pod that was never heard takes its time to say no.
    const errors = await Promise.all(all.map(each => whyNot(each, request)));
    for (const [index, destination] of all.entries()) {
      const error = errors[index];
      if (error) refused.push({ name: destination.name, error, asked: false });
      else left.push(destination);
    }
    for (let tries = 1; tries <= routeTriesMax; tries++) {
      const chosen = choose(left.map(candidate), clock.now(), random)?.destination;
      if (!chosen) break;
      left = left.filter(each => each !== chosen);
      const afterMs = left.length > 0 ? hedgeAfterMs(chosen.kind, candidate(chosen).standing) : undefined;
      const attemptAt = (destination: Destination) =>
        new Attempt({
          destination,
          record: recordOf(destination),
          clock,
          replaceable: afterMs !== undefined || (left.length > 0 && tries < routeTriesMax),
          before: passedOver(refused),
        });
      const other = () => {
        if (tries === routeTriesMax) return undefined;
        const equals = left.filter(({ kind }) => kind === chosen.kind).map(candidate);
        const rival = choose(equals, clock.now(), random)?.destination;
        if (!rival) return undefined;
        tries += 1;
        left = left.filter(each => each !== rival);
        return attemptAt(rival);
      };
      const onFailed = ({ name }: Attempt, error: unknown) => {
        refused.push({ name, error: toError(error, 'router'), asked: true });
      };
      let attempt = attemptAt(chosen);
      const onLast = (last: Attempt) => {
        attempt = last;
      };
      try {
        if (afterMs === undefined) yield* attempt.run(request, signal);
        else yield* hedge(attempt, request, { clock, afterMs, other, onFailed, onLast }, signal);
        return;
      } catch (error) {
        if (!(error instanceof TabmeshError) || signal?.aborted || attempt.spoke) throw error;
        // Whoever is asked next would find the same fault in it.
        if (isKind(error, 'invalid')) throw error;
        refused.push({ name: attempt.name, error, asked: true });
      }
    }
    for (const { destination, standing } of left.map(candidate))
      refused.push({ name: destination.name, error: resting(standing, clock.now()), asked: false });
    throw noRoute(refused);
  }

  const options = async (request: CompletionRequest): Promise<readonly RouteOption[]> => {
    const all = (await destinations()).map(candidate).sort((a, b) => a.rank - b.rank);
    return Promise.all(
      all.map(async ({ destination }): Promise<RouteOption> => {
        const { kind, name, provider } = destination;
        const refusal = (await whyNot(destination, request))?.reason;
        return { kind, name, ...(provider ? { provider } : {}), ...(refusal ? { refusal } : {}) };
      }),
    );
  };

  const count = async (request: CompletionRequest, signal?: AbortSignal): Promise<number> => {
    const refused: Refused[] = [];
    for (const destination of await destinations()) {
      if (!destination.count) continue;
      const error = await whyNot(destination, request);
      if (!error) return destination.count(request, signal);
      refused.push({ name: destination.name, error, asked: false });
    }
    throw noRoute(refused);
  };

  return {
    options,
    count,
    models: async () => (await Promise.all((await destinations()).map(each => each.models()))).flat(),
    complete,
  };
}

/** What the request forbids, whatever the destination thinks of it. */
function breach(
  { kind }: Destination,
  { firstMs }: Standing,
  { constraints, prompt }: CompletionRequest,
): TabmeshError | undefined {
  if (prompt !== undefined && kind !== 'pod')
    return new TabmeshError('unsupported', 'router', 'It takes messages only, no text to be gone on from.');
  if (constraints?.privacy === 'pod-only' && kind !== 'pod' && kind !== 'whole')
    return new TabmeshError('denied', 'router', 'The request may not leave the pod.');
  const allowed = constraints?.maxLatencyMs;
  if (allowed === undefined || firstMs === undefined || firstMs <= allowed) return undefined;
  const reason = `Its first word takes about ${Math.round(firstMs)} ms, and the request allows ${allowed} ms.`;
  return new TabmeshError('timeout', 'router', reason);
}

function resting({ restUntil, told }: Standing, now: number): TabmeshError {
  const ms = Math.max(0, restUntil - now);
  if (!told) return new TabmeshError('unavailable', 'router', 'Enough others were asked before. Ask again.');
  const reason = `It is full and asked for a pause; ask again in ${Math.ceil(ms / 1000)} s.`;
  return new TabmeshError('full', 'router', reason, { retryAfterMs: ms });
}
