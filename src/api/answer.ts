/** What all protocols share: one generation, whole or streamed, and who goes when. */
import { must } from '../base/assert.ts';
import type { Clock } from '../base/clock.ts';
import { TabmeshError } from '../base/error.ts';
import { routeWaitMs } from '../base/limits.ts';
import type { Random } from '../base/random.ts';
import type {
  CompletionEvent,
  CompletionRequest,
  Route,
  Router,
  ShownToken,
  ToolCall,
} from '../router/request.ts';
import type { Caller } from './caller.ts';
import type { ApiError } from './errors.ts';
import { commentFrame, eventStream } from './event-stream.ts';
import type { Gate } from './gate.ts';

export type EventOf<Kind> = Extract<CompletionEvent, { kind: Kind }>;
export type End = EventOf<'end'>;
/** What a client is told of. */
export type ToldEvent = Exclude<CompletionEvent, { kind: 'step' | 'route' }>;

export interface AnswerParts {
  readonly router: Router;
  readonly clock: Clock;
  readonly random: Random;
  readonly gate: Gate;
  /** Undefined where whoever asks may. */
  readonly caller?: Caller;
  /** Words for any error; what is this code's fault is reported on the way. */
  readonly explain: (error: unknown) => ApiError;
}

/** All that one answer said. */
export interface Said {
  readonly text: string;
  readonly calls: readonly ToolCall[];
  readonly tokens: readonly ShownToken[];
  readonly end: End;
}

/** An answer in the words of one protocol. */
export interface Protocol {
  /** The body of a whole answer. */
  object(said: readonly Said[], route: Route | undefined): object | Promise<object>;
  /** The frames of a stream; an empty text is none. */
  begin(): string;
  tell(event: ToldEvent, route: Route | undefined): string | Promise<string>;
  fail(error: ApiError): string;
}

/** Answers requests one after the other. Throws ApiError or TabmeshError for what goes wrong before the first byte. */
export async function answer(
  requests: readonly CompletionRequest[],
  { stream, client }: { readonly stream: boolean; readonly client: AbortSignal },
  protocol: Protocol,
  parts: AnswerParts,
): Promise<Response> {
  const run = startRun(requests, client, parts);
  try {
    return stream ? await streamed(run, protocol, parts) : await whole(run, protocol);
  } catch (error) {
    run.stop();
    throw error;
  }
}

type Next = Promise<IteratorResult<CompletionEvent, void>>;

/** It ends with `stop`, by whatever way the client goes. */
interface Run {
  readonly next: () => Next;
  readonly stop: () => void;
}

function startRun(
  requests: readonly CompletionRequest[],
  client: AbortSignal,
  { router, gate, caller }: AnswerParts,
): Run {
  caller?.admit(requests);
  const leave = gate.enter();
  const abort = new AbortController();
  const events = inTurn(requests, router, caller, abort.signal);
  const stop = () => {
    client.removeEventListener('abort', stop);
    abort.abort();
    // A generator that stands at a yield does not see the signal; it has to be sent home.
    events.return().catch(() => {});
    leave();
  };
  client.addEventListener('abort', stop);
  if (client.aborted) stop();
  return { next: () => events.next(), stop };
}

async function* inTurn(
  requests: readonly CompletionRequest[],
  router: Router,
  caller: Caller | undefined,
  signal: AbortSignal,
): AsyncGenerator<CompletionEvent, void, void> {
  for (const request of requests)
    yield* router.complete(caller?.purse ? { ...request, purse: caller.purse } : request, signal);
}

async function whole(run: Run, protocol: Protocol): Promise<Response> {
  const said: Said[] = [];
  let now = silence();
  let route: Route | undefined;
  let ended = false;
  for (let next = await run.next(); !next.done; next = await run.next()) {
    const event = next.value;
    if (event.kind === 'route') route = event.route;
    else if (event.kind === 'end') said.push({ ...now, end: event });
    else add(now, event);
    ended = event.kind === 'end';
    if (ended) now = silence();
  }
  run.stop();
  if (!ended) throw new TabmeshError('cancelled', 'api', 'The answer was stopped.');
  return Response.json(await protocol.object(said, route), { headers: routeHeaders(route) });
}

const silence = () => ({ text: '', tokens: [] as ShownToken[], calls: [] as ToolCall[] });

function add(said: ReturnType<typeof silence>, event: CompletionEvent): void {
  if (event.kind === 'text') {
    said.text += event.text;
    said.tokens.push(...(event.tokens ?? []));
  } else if (event.kind === 'tool-call') said.calls.push({ ...event, arguments: '' });
  else if (event.kind === 'tool-arguments') {
    const call = must(said.calls[event.index], 'a call has begun');
    said.calls[event.index] = { ...call, arguments: call.arguments + event.text };
  }
}

async function streamed(run: Run, protocol: Protocol, parts: AnswerParts): Promise<Response> {
  const begun = await untilRoute(run, parts.clock);
  const frames = answerFrames(begun.next, run, protocol, parts.explain);
  return new Response(eventStream(frames, parts.clock, run.stop), {
    headers: {
      'content-type': 'text/event-stream; charset=utf-8',
      'cache-control': 'no-cache',
      ...routeHeaders(begun.route),
    },
  });
}

/**
 * Waits with the headers until the route is known or the answer begins, so that they can name the one and that what
 * fails before the other has a status; but no longer than `routeWaitMs`, since clients give up on silent servers.
 */
async function untilRoute(run: Run, clock: Clock): Promise<{ next: Next; route?: Route }> {
  let cancel = () => {};
  const late = new Promise<'late'>(resolve => {
    cancel = clock.after(routeWaitMs, () => resolve('late'));
  });
  try {
    for (;;) {
      const next = run.next();
      // It is awaited again in the stream, if it is late.
      next.catch(() => {});
      const first = await Promise.race([next, late]);
      if (first === 'late' || first.done) return { next };
      if (first.value.kind === 'route') return { next, route: first.value.route };
      if (first.value.kind !== 'step') return { next };
    }
  } finally {
    cancel();
  }
}

async function* answerFrames(
  first: Next,
  run: Run,
  protocol: Protocol,
  explain: AnswerParts['explain'],
): AsyncGenerator<string, void, void> {
  let route: Route | undefined;
  yield protocol.begin();
  try {
    for (let next = await first; !next.done; next = await run.next()) {
      const event = next.value;
      if (event.kind === 'step') yield commentFrame(event.step.text);
      else if (event.kind === 'route') route = event.route;
      else {
        const frames = await protocol.tell(event, route);
        if (frames !== '') yield frames;
      }
    }
  } catch (error) {
    yield protocol.fail(explain(error));
  }
}

const routeHeaders = (route: Route | undefined): Record<string, string> =>
  route ? { 'x-tabmesh-route': routeHeader(route) } : {};

/** "pod; Blue-Heron 0-3, Red-Fox 4-6": layers are counted as people do, the last one included. "own-key; OpenAI" where a provider answers. */
function routeHeader({ kind, hops, provider }: Route): string {
  const stages = provider ?? hops.map(hop => `${hop.name} ${hop.first}-${hop.last - 1}`).join(', ');
  // Names come from other peers, and a header holds printable ASCII only.
  return `${kind}; ${stages}`.replaceAll(/[^\x20-\x7e]/g, '?').slice(0, 200);
}
