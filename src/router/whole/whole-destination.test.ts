import { expect, test } from 'vitest';
import { systemClock } from '../../base/clock.ts';
import { TabmeshError } from '../../base/error.ts';
import { LiveValue } from '../../base/live.ts';
import { greedy } from '../../engine/stage.ts';
import type { CompletionEvent, CompletionRequest } from '../request.ts';
import { createWholeDestination, type WholeEngine } from './whole-destination.ts';

const request: CompletionRequest = {
  model: 'web-llm/plain',
  messages: [{ role: 'user', content: 'Hello' }],
  sampling: greedy,
  stop: [],
};
const chunk = (content: string, finish: string | null = null) => ({
  choices: [{ delta: { content }, finish_reason: finish }],
});

function destination(engine: Partial<WholeEngine>) {
  const models = {
    chosen: new LiveValue(['web-llm/plain']),
    fetches: async () => ({ storedBytes: 100, bytes: 300, exact: true, hosts: [] }),
  };
  const whole = { load: async () => {}, interrupt: async () => {}, ...engine } as WholeEngine;
  return createWholeDestination({ models, engine: whole, clock: systemClock });
}

const answering = (...chunks: object[]): Partial<WholeEngine> => ({
  create: async () =>
    (async function* () {
      yield* chunks;
    })() as never,
});

async function events(from: AsyncIterable<CompletionEvent>): Promise<CompletionEvent[]> {
  const all: CompletionEvent[] = [];
  for await (const event of from) all.push(event);
  return all;
}

test('an answer tells its loading, its route, its text and its end', async () => {
  const usage = { choices: [], usage: { prompt_tokens: 3, completion_tokens: 2 } };
  const told = await events(
    destination({
      ...answering(chunk('Hel'), chunk('lo', 'stop'), usage),
      async load(_model, onProgress) {
        for (const progress of [
          { share: 0.25 },
          { share: 0.5, stage: 'download' },
          { share: 0.5, stage: 'load' },
        ] as const) {
          onProgress(progress);
          await new Promise(resolve => setTimeout(resolve));
        }
      },
    }).complete(request),
  );
  const steps = told.flatMap(event => (event.kind === 'step' ? [event.step] : []));
  const counted = { name: 'load', done: 200, total: 400, unit: 'bytes' };
  expect(steps).toEqual([
    { name: 'load', text: 'Loading plain into this tab: 25 %' },
    { ...counted, text: 'Downloading plain into this browser' },
    { ...counted, text: 'Loading plain into this tab' },
  ]);
  expect(told[steps.length]).toMatchObject({ kind: 'route', route: { kind: 'device', provider: 'WebLLM' } });
  expect(told.flatMap(event => (event.kind === 'text' ? [event.text] : []))).toEqual(['Hel', 'lo']);
  expect(told.at(-1)).toMatchObject({
    kind: 'end',
    reason: 'stop',
    usage: { promptTokens: 3, completionTokens: 2 },
  });
});

test('what is not chosen is refused, and what breaks off says so', async () => {
  const whole = destination(answering(chunk('Hel')));
  expect(await whole.refusal({ ...request, model: 'guide' })).toMatchObject({ kind: 'not-found' });
  expect(await whole.refusal(request)).toBeUndefined();
  await expect(events(whole.complete(request))).rejects.toMatchObject({ kind: 'lost' });
  const broken = destination({
    load: async () => {
      throw new TabmeshError('unavailable', 'router', 'The Hub did not answer.');
    },
  });
  await expect(events(broken.complete(request))).rejects.toThrow(/could not load plain: The Hub/);
});

test('a stop interrupts the engine', async () => {
  const abort = new AbortController();
  let interrupted = 0;
  const whole = destination({
    create: async () =>
      (async function* () {
        yield chunk('Hel');
        abort.abort();
        yield chunk('lo', 'stop');
      })() as never,
    interrupt: async () => void interrupted++,
  });
  await expect(events(whole.complete(request, abort.signal))).rejects.toMatchObject({ kind: 'cancelled' });
  expect(interrupted).toBe(1);
});
