import { expect, test } from 'vitest';
import { ManualClock } from '../../tests/pod/manual-clock.ts';
import { TabmeshError } from '../base/error.ts';
import { restMaxMs } from '../base/limits.ts';
import { seededRandom } from '../base/random.ts';
import { greedy } from '../engine/stage.ts';
import { createRouter } from './create-router.ts';
import type { Destination, DestinationKind } from './destination.ts';
import type { CompletionEvent, CompletionRequest } from './request.ts';

const request: CompletionRequest = { model: 'm', messages: [], sampling: greedy, stop: [] };
const unavailable = (more: { retryAfterMs?: number } = {}) =>
  new TabmeshError('unavailable', 'router', 'It does not answer.', more);

type Act = CompletionEvent | Error | { readonly waitMs: number };

const route: CompletionEvent = { kind: 'route', route: { kind: 'pod', hops: [], reason: '' } };
const text = (given: string): CompletionEvent => ({ kind: 'text', text: given });
const end: CompletionEvent = {
  kind: 'end',
  reason: 'stop',
  usage: { promptTokens: 1, cachedTokens: 0, completionTokens: 2 },
  timings: { firstTokenMs: 100, totalMs: 120, tokensPerSecond: 50 },
};

class World {
  readonly clock = new ManualClock();
  readonly asked: string[] = [];
  /** Who was stopped while it was silent. */
  readonly stopped: string[] = [];
  readonly #destinations: Destination[] = [];
  readonly router = createRouter({
    destinations: async () => this.#destinations,
    clock: this.clock,
    random: seededRandom(3),
  });

  /** Plays one list of acts for each request, the last one again and again. */
  add(
    id: string,
    kind: DestinationKind,
    plays: Act[][],
    refusal?: TabmeshError | (() => Promise<TabmeshError>),
  ): void {
    const { asked, stopped, clock } = this;
    this.#destinations.push({
      id,
      kind,
      name: id,
      refusal: async () => (typeof refusal === 'function' ? refusal() : refusal),
      models: async () => [],
      async *complete(_, signal) {
        asked.push(id);
        for (const act of plays.length > 1 ? plays.shift()! : plays[0]!) {
          if (act instanceof Error) throw act;
          if (!('waitMs' in act)) yield act;
          else
            await new Promise<void>((resolve, reject) => {
              clock.after(act.waitMs, resolve);
              signal?.addEventListener('abort', () => {
                stopped.push(id);
                reject(new TabmeshError('cancelled', 'router', 'Stopped.'));
              });
            });
        }
      },
    });
  }

  async ask(more: Partial<CompletionRequest> = {}, signal?: AbortSignal): Promise<CompletionEvent[]> {
    const events: CompletionEvent[] = [];
    for await (const event of this.router.complete({ ...request, ...more }, signal)) events.push(event);
    return events;
  }
}

test('the pod is asked first; where it fails before its first text the next one answers, and its route is the one named', async () => {
  const world = new World();
  world.add('cloud', 'own-key', [[{ ...route, route: { ...route.route, reason: 'cloud' } }, text('b'), end]]);
  world.add('pod', 'pod', [[route, unavailable()]]);
  const events = await world.ask();
  expect(world.asked).toEqual(['pod', 'cloud']);
  expect(events.map(event => (event.kind === 'route' ? event.route.reason : event.kind))).toEqual([
    'cloud Not pod: It does not answer.',
    'text',
    'end',
  ]);
});

test('after its first text nobody takes over in silence', async () => {
  const world = new World();
  const lost = new TabmeshError('lost', 'router', 'It broke off.');
  world.add('pod', 'pod', [[route, text('a'), lost]]);
  world.add('cloud', 'own-key', [[route, text('b'), end]]);
  const events: string[] = [];
  const answer = async () => {
    for await (const event of world.router.complete(request)) events.push(event.kind);
  };
  await expect(answer()).rejects.toBe(lost);
  expect([events, world.asked]).toEqual([['route', 'text'], ['pod']]);
});

test('a fault of the request goes no further', async () => {
  const world = new World();
  world.add('pod', 'pod', [[new TabmeshError('invalid', 'router', 'Too long.')]]);
  world.add('cloud', 'own-key', [[text('b'), end]]);
  await expect(world.ask()).rejects.toMatchObject({ kind: 'invalid', reason: 'Too long.' });
  expect(world.asked).toEqual(['pod']);
});

test('no route: one error lists each with its reason, and when to come back', async () => {
  const world = new World();
  const missing = (who: string) => new TabmeshError('not-found', 'router', `${who} has no m.`);
  world.add('the pod', 'pod', [[]], missing('It'));
  await expect(world.ask()).rejects.toMatchObject({ kind: 'not-found', reason: 'It has no m.' });
  world.add('a', 'own-key', [[]], missing('A'));
  await expect(world.ask()).rejects.toMatchObject({
    kind: 'not-found',
    reason: 'No route could answer this. The pod: It has no m. A: A has no m.',
  });
  world.add('b', 'own-key', [[unavailable({ retryAfterMs: 7000 })]]);
  await expect(world.ask()).rejects.toMatchObject({
    kind: 'unavailable',
    retryAfterMs: 7000,
    reason: 'No route could answer this. B: It does not answer. The pod, a: no such model.',
  });
  await world.clock.pass(2000);
  world.add('c', 'own-key', [[]], new TabmeshError('unsupported', 'router', 'It cannot.'));
  await expect(world.ask()).rejects.toMatchObject({
    retryAfterMs: 5000,
    reason: expect.stringMatching(
      /^No route could answer this\. C: It cannot\. B: .*ask again in 5 s\. The pod, a: no such model\.$/,
    ),
  });
  expect(world.asked).toEqual(['b']);
});

test('who failed rests 15 s, then 30 s, and is asked nevertheless where nobody else is', async () => {
  const world = new World();
  world.add('a', 'pod', [[unavailable()], [unavailable()], [text('a'), end]]);
  await expect(world.ask()).rejects.toMatchObject({ kind: 'unavailable' });
  world.add('b', 'own-key', [[text('b'), end]]);
  await world.clock.pass(14_000);
  await world.ask();
  await world.clock.pass(1_000);
  await world.ask();
  await world.clock.pass(29_000);
  await world.ask();
  await world.clock.pass(1_000);
  await world.ask();
  expect(world.asked).toEqual(['a', 'b', 'a', 'b', 'b', 'a']);
});

test('who asks for a pause of years is asked again after the longest one', async () => {
  const world = new World();
  world.add('a', 'own-key', [[unavailable({ retryAfterMs: Number.MAX_SAFE_INTEGER })], [text('a'), end]]);
  await expect(world.ask()).rejects.toMatchObject({ kind: 'unavailable' });
  await world.clock.pass(restMaxMs - 1);
  await expect(world.ask()).rejects.toMatchObject({ kind: 'full', retryAfterMs: 1 });
  await world.clock.pass(1);
  await world.ask();
  expect(world.asked).toEqual(['a', 'a']);
});

test('no more than three are asked for one request', async () => {
  const world = new World();
  for (const id of ['a', 'b', 'c', 'd']) world.add(id, 'own-key', [[unavailable()]]);
  await expect(world.ask()).rejects.toMatchObject({ kind: 'unavailable' });
  expect(world.asked.length).toBe(3);
});

test('what could be asked is told in order, without asking', async () => {
  const world = new World();
  world.add('cloud', 'own-key', [[]]);
  world.add('pod', 'pod', [[]], new TabmeshError('not-found', 'router', 'It has no m.'));
  expect(await world.router.options(request)).toEqual([
    { kind: 'pod', name: 'pod', refusal: 'It has no m.' },
    { kind: 'own-key', name: 'cloud' },
  ]);
  expect(world.asked).toEqual([]);
});

test('pod-only asks nobody else', async () => {
  const world = new World();
  world.add('pod', 'pod', [[unavailable()]]);
  world.add('cloud', 'own-key', [[text('b'), end]]);
  await expect(world.ask({ constraints: { privacy: 'pod-only' } })).rejects.toMatchObject({
    kind: 'unavailable',
    reason: expect.stringContaining('Cloud: The request may not leave the pod.'),
  });
  expect(world.asked).toEqual(['pod']);
});

test('who is silent longer than allowed is left; who is known to be slow is not asked, until that is old', async () => {
  const world = new World();
  const slow: CompletionEvent = { ...end, timings: { ...end.timings, firstTokenMs: 5000 } };
  world.add('pod', 'pod', [[{ waitMs: 5000 }, text('a'), slow]]);
  world.add('cloud', 'own-key', [[text('b'), end]]);
  const constraints = { maxLatencyMs: 1000 };
  const first = world.ask({ constraints });
  await world.clock.pass(1000);
  expect((await first).at(0)).toEqual(text('b'));
  const patient = world.ask({ constraints: { maxLatencyMs: 6000 } });
  await world.clock.pass(20_000);
  await patient;
  const unhurried = world.ask();
  await world.clock.pass(5000);
  await unhurried;
  expect(world.asked).toEqual(['pod', 'cloud', 'cloud', 'pod']);
  await world.ask({ constraints });
  expect(world.asked.at(-1)).toBe('cloud');
  await world.clock.pass(601_000);
  const later = world.ask({ constraints });
  await world.clock.pass(1000);
  await later;
  expect(world.asked.slice(-2)).toEqual(['pod', 'cloud']);
});

test('a client that goes is no failure of the one it asked', async () => {
  const world = new World();
  world.add('pod', 'pod', [
    [{ waitMs: 5000 }, end],
    [text('a'), end],
  ]);
  world.add('cloud', 'own-key', [[text('b'), end]]);
  const abort = new AbortController();
  const asked = world.ask({}, abort.signal);
  await world.clock.pass(10);
  abort.abort();
  await expect(asked).rejects.toMatchObject({ kind: 'cancelled' });
  await world.ask();
  expect(world.asked).toEqual(['pod', 'pod']);
});

/** A destination that once answered in 100 ms and then plays `acts`, beside another one of its kind. */
async function rivals(kind: DestinationKind, acts: Act[], others: Act[]): Promise<World> {
  const world = new World();
  world.add('a', kind, [[text('known'), end], acts]);
  await world.ask();
  world.add('b', kind, [others]);
  world.asked.length = 0;
  return world;
}
const named = (name: string): CompletionEvent => ({ ...route, route: { ...route.route, reason: name } });
const told = (events: readonly CompletionEvent[]) =>
  events.map(event =>
    event.kind === 'route' ? event.route.reason : event.kind === 'text' ? event.text : event.kind,
  );

test('a free route that is silent for long gets a rival; who speaks first answers, the other is stopped', async () => {
  const world = await rivals(
    'federated',
    [named('in a'), { waitMs: 60_000 }, text('late'), end],
    [named('in b'), { waitMs: 200 }, text('early'), end],
  );
  const answer = world.ask();
  await world.clock.pass(999);
  expect(world.asked).toEqual(['a']);
  await world.clock.pass(1);
  expect(world.asked).toEqual(['a', 'b']);
  await world.clock.pass(200);
  expect(told(await answer)).toEqual(['in b', 'early', 'end']);
  expect(world.stopped).toEqual(['a']);
});

test('the first answers after all where it speaks before its rival does', async () => {
  const world = await rivals(
    'federated',
    [named('in a'), { waitMs: 1_100 }, text('a'), end],
    [named('in b'), { waitMs: 5_000 }, text('b'), end],
  );
  const answer = world.ask();
  await world.clock.pass(1_100);
  expect(told(await answer)).toEqual(['in a', 'a', 'end']);
  expect(world.stopped).toEqual(['b']);
});

test('where both fail the error names both, and where one does the other answers', async () => {
  const wait = { waitMs: 1_500 };
  const both = await rivals('federated', [wait, unavailable()], [wait, unavailable()]);
  const failing = expect(both.ask()).rejects.toThrow(/\bA: .*\bB: /s);
  await both.clock.pass(3_000);
  await failing;
  const one = await rivals('federated', [wait, unavailable()], [wait, named('in b'), text('b'), end]);
  const answer = one.ask();
  await one.clock.pass(3_000);
  expect(told(await answer).slice(1)).toEqual(['b', 'end']);
});

test('an answer that was given up for another is remembered as a slow one', async () => {
  const world = await rivals(
    'federated',
    [{ waitMs: 60_000 }, text('late'), end],
    [{ waitMs: 9_000 }, text('b'), end],
  );
  for (let turn = 0; turn < 2; turn++) {
    const answer = world.ask();
    await world.clock.pass(10_000);
    await answer;
  }
  // After the first time its record says 2 s for a first word: the other one is asked before it.
  expect(world.asked.slice(0, 3)).toEqual(['a', 'b', 'b']);
});

test.each(['pod', 'whole', 'own-key', 'treasury'] as const)('%s: never two at once', async kind => {
  const world = await rivals(kind, [{ waitMs: 60_000 }, text('a'), end], [text('b'), end]);
  const answer = world.ask();
  await world.clock.pass(60_000);
  expect(told(await answer)).toEqual(['a', 'end']);
  expect(world.asked).toEqual(['a']);
});

test('who asks goes away: both are stopped', async () => {
  const silence: Act[] = [{ waitMs: 60_000 }, end];
  const world = await rivals('federated', silence, silence);
  const leave = new AbortController();
  const answer = expect(world.ask({}, leave.signal)).rejects.toThrow();
  await world.clock.pass(1_000);
  leave.abort();
  await answer;
  expect(world.stopped.sort()).toEqual(['a', 'b']);
});

test('those that take long to refuse are asked at once', async () => {
  const world = new World();
  const slow = async () => {
    await new Promise<void>(resolve => world.clock.after(1_500, resolve));
    return unavailable();
  };
  for (const id of ['a', 'b', 'c']) world.add(id, 'federated', [[end]], slow);
  world.add('d', 'federated', [[text('d'), end]]);
  const answer = world.ask();
  await world.clock.pass(1_500);
  expect(told(await answer)).toEqual(['d', 'end']);
});
