import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { isKind } from '../../src/base/error.ts';
import { openModel } from '../../src/model/open.ts';
import { peerName } from '../../src/network/peer-name.ts';
import { planLayers } from '../../src/pod/model-bytes.ts';
import { settle } from './manual-clock.ts';
import {
  answerOf,
  ask,
  guide,
  type PodWorld,
  planHeld,
  podWorld,
  routes,
  sourceOf,
  tiny,
  when,
} from './pod-world.ts';

// Real engines on a shared machine: what takes 2 s here may take 20 elsewhere.
vi.setConfig({ testTimeout: 120_000 });

let house: PodWorld;
beforeEach(async () => {
  house = await podWorld();
});
afterEach(() => house.close());

/** What one peer answers alone: one stage, no wire. */
async function alone(request = ask()) {
  const peer = await house.peer('alone');
  await peer.pod.serve(request.model, 'alone');
  return answerOf(peer, request);
}

const longPrompt = Array.from({ length: 300 }, (_, index) => (index * 37) % 440);

test('one peer alone answers without a network', async () => {
  const answer = await alone();
  expect(answer.tokens).toHaveLength(16);
  expect(routes(answer)).toEqual([['alone 0-6']]);
  expect(answer.events.at(-1)).toEqual({ kind: 'end', reason: 'length' });
});

test('the next token is on its way while whoever asked is busy with one', async () => {
  const peer = await house.peer('alone');
  await peer.pod.serve(tiny, 'alone');
  const answer = peer.pod.generate(ask({ maxTokens: 8 }));
  for (let event = await answer.next(); event.value?.kind !== 'token'; ) event = await answer.next();
  // All of the prompt, and the first token: the second token is what its row gave.
  const rows = ask().prompt.length + 1;
  await expect.poll(() => peer.work.rows).toBe(rows);
  await settle();
  expect(peer.work.rows).toBe(rows);
  await answer.return();
});

test.each([tiny, guide])('three peers answer as one does: %s', async model => {
  // Five chunks of the prompt, so that more are to come than may be under way.
  const prompt = model === tiny ? longPrompt : longPrompt.slice(0, 70);
  const request = ask({ model, maxTokens: 24, prompt });
  const expected = await alone(request);
  const [a, b, c] = [await house.peer('a'), await house.peer('b'), await house.peer('c')];
  await house.together(model, a!, b!, c!);
  const answers = [await answerOf(b!, request)];
  if (model === guide) answers.push(await answerOf(a!, request), await answerOf(c!, request));
  for (const answer of answers) {
    expect(answer.tokens).toEqual(expected.tokens);
    expect(new Set(routes(answer)[0]!.map(hop => hop.split(' ')[0]))).toEqual(new Set(['a', 'b', 'c']));
  }
  await settle();
  for (const peer of [a!, b!, c!]) expect(peer.sessions.size).toBe(answers.length);
});

test('an end token ends the answer and is not part of it', async () => {
  const { tokens } = await alone();
  const peer = await house.peer('b');
  await peer.pod.serve(tiny, 'tiny');
  const stop = tokens.find((token, index) => index > 3 && tokens.indexOf(token) === index)!;
  const answer = await answerOf(peer, ask({ endTokens: new Set([stop]) }));
  expect(answer.tokens).toEqual(tokens.slice(0, tokens.indexOf(stop)));
  expect(answer.events.at(-1)).toEqual({ kind: 'end', reason: 'stop' });
});

test('two requesters at once get what each would alone', async () => {
  const other = ask({ prompt: [9, 8, 7, 6, 5, 4], maxTokens: 20 });
  const alone1 = await house.peer('alone');
  await alone1.pod.serve(tiny, 'tiny');
  const expected = [(await answerOf(alone1, ask())).tokens, (await answerOf(alone1, other)).tokens];
  const [a, b, c] = [await house.peer('a'), await house.peer('b'), await house.peer('c')];
  await house.together(tiny, a!, b!, c!);
  const both = await Promise.all([answerOf(a!, ask()), answerOf(b!, other)]);
  expect(both.map(answer => answer.tokens)).toEqual(expected);
});

test('a peer that lends nothing holds nothing and can ask', async () => {
  const expected = await alone();
  const [a, b, c] = [await house.peer('a'), await house.peer('b', 0), await house.peer('c')];
  await house.together(tiny, a!, b!, c!);
  expect(b!.state().members.find(member => member.id === b!.id)?.holds).toEqual([]);
  expect(b!.state().models[0]?.plan?.spare.map(each => each.peer)).toEqual(['b']);
  const answer = await answerOf(b!, ask());
  expect(answer.tokens).toEqual(expected.tokens);
  expect(routes(answer)).toEqual([['a 0-3', 'c 3-6']]);
});

test('a model that fits nowhere, or is not served, or a prompt too long is refused by name', async () => {
  const peer = await house.peer('small', 1000);
  const refused = (request = ask()) => answerOf(peer, request).catch((error: unknown) => error);
  expect(isKind(await refused(), 'not-found')).toBe(true);
  await peer.pod.serve(tiny, 'tiny');
  const full = await refused();
  expect(isKind(full, 'full')).toBe(true);
  expect(String(full)).toContain('1.0 kB free');
  peer.memory.set(1e8);
  const long = await refused(ask({ prompt: Array(100_000).fill(1) }));
  expect(isKind(long, 'invalid')).toBe(true);
  expect(String(long)).toContain('100000 tokens');
  for (const bad of [{ prompt: [] }, { prompt: [-1] }, { prompt: [1e9] }, { maxTokens: 0 }]) {
    expect(isKind(await refused(ask(bad)), 'invalid')).toBe(true);
  }
});

test('whoever is lost at whichever token, the answer goes on with the same tokens', async () => {
  const request = ask({ maxTokens: 8 });
  const expected = await alone(request);
  for (const victim of ['b', 'c']) {
    for (let token = 1; token < 8; token++) {
      const each = await podWorld(token);
      const [a, b, c] = [await each.peer('a'), await each.peer('b'), await each.peer('c')];
      await each.together(tiny, a!, b!, c!);
      const answer = await answerOf(a!, request, {
        at: count => {
          if (count === token) each.world.kill((victim === 'b' ? b! : c!).id);
        },
      });
      expect(answer.tokens).toEqual(expected.tokens);
      expect(routes(answer)).toHaveLength(2);
      const told = answer.events.flatMap(event =>
        event.kind === 'step' && event.step.name === 'takeover' ? [event.step.text] : [],
      );
      expect(told).toEqual([
        `${peerName((victim === 'b' ? b! : c!).id)} left. Its layers are being taken over; your answer goes on.`,
      ]);
      await settle();
      const left = victim === 'b' ? c! : b!;
      expect([a!.sessions.size, left.sessions.size]).toEqual([1, 1]);
      await each.close();
    }
  }
});

test('a drawn answer goes on with the same draws', async () => {
  const sampling = { temperature: 0.9, topK: 40, topP: 0.95, minP: 0, seed: 7 };
  const request = ask({ maxTokens: 12, sampling });
  const expected = await alone(request);
  const [a, b] = [await house.peer('a'), await house.peer('b')];
  await house.together(tiny, a!, b!);
  const answer = await answerOf(a!, request, { at: count => count === 5 && house.world.kill(b!.id) });
  expect(answer.tokens).toEqual(expected.tokens);
  expect(routes(answer)).toHaveLength(2);
});

test('one peer after the other is lost, until the requester does all by itself', async () => {
  const request = ask({ maxTokens: 12 });
  const expected = await alone(request);
  const [a, b, c] = [await house.peer('a'), await house.peer('b'), await house.peer('c')];
  await house.together(tiny, a!, b!, c!);
  const answer = await answerOf(b!, request, {
    at: count => {
      if (count === 3) house.world.kill(a!.id);
      if (count === 7) void c!.pod.leave();
    },
  });
  expect(answer.tokens).toEqual(expected.tokens);
  expect(routes(answer).at(-1)).toEqual(['b 0-6']);
});

test('a peer that freezes in mid-answer is left behind when its heart is silent', async () => {
  const request = ask({ maxTokens: 8 });
  const expected = await alone(request);
  const [a, b] = [await house.peer('a'), await house.peer('b')];
  await house.together(tiny, a!, b!);
  const answer = await answerOf(a!, request, {
    at: count => {
      if (count !== 3) return;
      house.world.freeze(b!.id);
      void house.clock.pass(6_000);
    },
  });
  expect(answer.tokens).toEqual(expected.tokens);
  expect(routes(answer)).toHaveLength(2);
});

test('an abort leaves the session to the next answer, everywhere', async () => {
  const [a, b, c] = [await house.peer('a'), await house.peer('b'), await house.peer('c')];
  await house.together(tiny, a!, b!, c!);
  const abort = new AbortController();
  const stopped = answerOf(a!, ask({ maxTokens: 200 }), {
    signal: abort.signal,
    at: count => {
      if (count === 1) expect(b!.sessions.size).toBe(1);
      if (count === 5) abort.abort();
    },
  });
  expect(isKind(await stopped.catch((error: unknown) => error), 'cancelled')).toBe(true);
  await settle();
  expect([a!, b!, c!].map(peer => peer.sessions.size)).toEqual([1, 1, 1]);
});

test('a reader that leaves in mid-answer leaves the session, too', async () => {
  const [a, b] = [await house.peer('a'), await house.peer('b')];
  await house.together(tiny, a!, b!);
  for await (const event of a!.pod.generate(ask())) if (event.kind === 'token') break;
  await settle();
  expect([a!.sessions.size, b!.sessions.size]).toEqual([1, 1]);
});

test('the sessions of a requester that is gone are freed', async () => {
  const [a, b] = [await house.peer('a'), await house.peer('b')];
  await house.together(tiny, a!, b!);
  const answer = a!.pod.generate(ask());
  while ((await answer.next()).value?.kind !== 'token');
  expect(b!.sessions.size).toBe(1);
  house.world.kill(a!.id);
  await when(b!, state => state.members.length === 1);
  await settle();
  expect(b!.sessions.size).toBe(0);
});

test('memory that is taken back is given up, and the others take the layers', async () => {
  const [a, b] = [await house.peer('a'), await house.peer('b')];
  await house.together(tiny, a!, b!);
  b!.memory.set(0);
  await when(a!, state => state.members.every(member => member.id === 'a' || member.holds.length === 0));
  await planHeld(a!, tiny);
  expect(routes(await answerOf(b!, ask()))).toEqual([['a 0-6']]);
});

test('where memory is just enough, layers move before others come in', async () => {
  const request = ask({ maxTokens: 8 });
  const expected = await alone(request);
  // Three layers each, so that after a loss the two who are left must shift, one of them by letting go first.
  const sizes = planLayers((await openModel(await sourceOf(tiny))).model).map(
    layer => layer.weightBytes + layer.cacheBytes,
  );
  const half = Math.max(sizes[0]! + sizes[1]! + sizes[2]!, sizes[3]! + sizes[4]! + sizes[5]!);
  const [a, b, c] = [await house.peer('a', half), await house.peer('b', half), await house.peer('c', half)];
  await house.together(tiny, a!, b!, c!);
  const answer = await answerOf(a!, request, {
    at: count => {
      if (count === 4) house.world.kill(c!.id);
    },
  });
  expect(answer.tokens).toEqual(expected.tokens);
  expect(routes(answer)).toEqual([
    ['a 0-2', 'b 2-4', 'c 4-6'],
    ['a 0-3', 'b 3-6'],
  ]);
  expect(answer.events.some(event => event.kind === 'step' && event.step.name === 'load')).toBe(true);
});
