import { must } from '../base/assert.ts';
import { toHex } from '../base/bytes.ts';
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
import { type CompletionBody, parseCompletionBody } from './completion-body.ts';
import { type Answer, chunks, completionObject, type End, routeHeader } from './completion-objects.ts';
import type { ApiError } from './errors.ts';
import { commentFrame, dataFrame, doneFrame, eventStream } from './event-stream.ts';
import type { Gate } from './gate.ts';
import { readJson } from './read-body.ts';

export interface CompletionParts {
  readonly router: Router;
  readonly clock: Clock;
  readonly random: Random;
  readonly gate: Gate;
  /** Words for any error; what is this code's fault is reported on the way. */
  readonly explain: (error: unknown) => ApiError;
}

/** POST /v1/chat/completions. Throws ApiError or TabmeshError for what goes wrong before the first byte. */
export async function createCompletion(request: Request, parts: CompletionParts): Promise<Response> {
  const body = parseCompletionBody(await readJson(request), parts.random);
  const answer: Answer = {
    id: `chatcmpl-${toHex(parts.random.bytes(12))}`,
    model: body.request.model,
    created: Math.floor(Date.now() / 1000),
  };
  const run = startRun(body.request, request.signal, parts);
  try {
    return body.stream ? await streamed(answer, body, run, parts) : await whole(answer, body, run);
  } catch (error) {
    run.stop();
    throw error;
  }
}

type Next = Promise<IteratorResult<CompletionEvent, void>>;

/** One generation. It ends with `stop`, by whatever way the client goes. */
interface Run {
  readonly next: () => Next;
  readonly stop: () => void;
}

function startRun(request: CompletionRequest, client: AbortSignal, { router, gate }: CompletionParts): Run {
  const leave = gate.enter();
  const abort = new AbortController();
  const events = router.complete(request, abort.signal);
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

async function whole(answer: Answer, { request }: CompletionBody, run: Run): Promise<Response> {
  let text = '';
  const tokens: ShownToken[] = [];
  const calls: ToolCall[] = [];
  let route: Route | undefined;
  let end: End | undefined;
  for (let next = await run.next(); !next.done; next = await run.next()) {
    if (next.value.kind === 'text') {
      text += next.value.text;
      tokens.push(...(next.value.tokens ?? []));
    } else if (next.value.kind === 'tool-call') calls.push({ ...next.value, arguments: '' });
    else if (next.value.kind === 'tool-arguments') {
      const { index, text: more } = next.value;
      const call = must(calls[index], 'a call has begun');
      calls[index] = { ...call, arguments: call.arguments + more };
    } else if (next.value.kind === 'route') route = next.value.route;
    else if (next.value.kind === 'end') end = next.value;
  }
  run.stop();
  if (!end) throw new TabmeshError('cancelled', 'api', 'The answer was stopped.');
  const said = { text, calls, tokens: request.likeliest === undefined ? undefined : tokens };
  return Response.json(completionObject(answer, said, end, route), { headers: routeHeaders(route) });
}

async function streamed(
  answer: Answer,
  body: CompletionBody,
  run: Run,
  parts: CompletionParts,
): Promise<Response> {
  const begun = await untilRoute(run, parts.clock);
  const frames = answerFrames(answer, body.includeUsage, begun.next, run, parts.explain);
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
  answer: Answer,
  includeUsage: boolean,
  first: Next,
  run: Run,
  explain: CompletionParts['explain'],
): AsyncGenerator<string, void, void> {
  const make = chunks(answer, includeUsage);
  let route: Route | undefined;
  yield dataFrame(make.first());
  try {
    for (let next = await first; !next.done; next = await run.next()) {
      const event = next.value;
      if (event.kind === 'step') yield commentFrame(event.step.text);
      else if (event.kind === 'route') route = event.route;
      else if (event.kind === 'text') yield dataFrame(make.text(event.text, event.tokens));
      else if (event.kind === 'tool-call') yield dataFrame(make.call(event));
      else if (event.kind === 'tool-arguments') yield dataFrame(make.callArguments(event));
      else {
        yield dataFrame(make.last(event, route));
        if (includeUsage) yield dataFrame(make.usage(event));
        yield doneFrame;
      }
    }
  } catch (error) {
    yield dataFrame(explain(error).body);
  }
}

const routeHeaders = (route: Route | undefined): Record<string, string> =>
  route ? { 'x-tabmesh-route': routeHeader(route) } : {};
