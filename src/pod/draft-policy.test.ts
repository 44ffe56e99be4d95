import { expect, test } from 'vitest';
import { type Random, seededRandom } from '../base/random.ts';
import { MeasuredPolicy } from './draft-policy.ts';

interface World {
  /** Of a trip without drafts. */
  readonly plainMs: number;
  readonly rowMs: number;
  /** How often a guess is right. */
  readonly right: number;
  /** How many tokens of ten have something to draft. */
  readonly drafted?: number;
  readonly match?: number;
  readonly promptRows?: number;
  /** By how much of itself a trip's time varies. */
  readonly noise?: number;
  /** Beside its time, of the first trip with so many drafts. */
  readonly compileMs?: number;
  readonly tokens?: number;
}

/** An answer under `policy`: its time without drafts over its time with them, and how many went along. */
function answer(world: World, random: Random = seededRandom(1)) {
  const { plainMs, rowMs, right, drafted = 10, match = 4, promptRows = 40, noise = 0, compileMs = 0 } = world;
  const policy = new MeasuredPolicy();
  const take = (ms: number) => ms * (1 + noise * (random.next() - 0.5));
  if (promptRows > 0) policy.readPrompt(promptRows, take(plainMs + (promptRows - 1) * rowMs));
  const sizes = new Set<number>();
  let [spent, plain, sentAll, made] = [0, 0, 0, 0];
  while (made < (world.tokens ?? 200)) {
    const truth = Array.from({ length: 8 }, (_, index) => made + index);
    const guesses = truth.slice(0, 7).map(token => (random.next() < right ? token : -1));
    const draft = random.next() * 10 < drafted ? { tokens: guesses, match } : undefined;
    const sent = draft ? policy.count(draft) : 0;
    const wrong = guesses.findIndex((token, index) => token !== truth[index]);
    const kept = Math.min(sent, wrong < 0 ? 7 : wrong);
    const first = sent > 0 && !sizes.has(sent) ? compileMs : 0;
    const ms = take(plainMs + sent * rowMs) + first;
    if (sent > 0) sizes.add(sent);
    policy.observe({ draft, sent, tokens: truth.slice(0, kept + 1), ms });
    spent += ms;
    plain += (kept + 1) * plainMs;
    made += kept + 1;
    sentAll += sent;
  }
  return { speed: plain / spent, sent: sentAll };
}

test('a long way and guesses that are mostly right: well above twice the speed', () => {
  expect(answer({ plainMs: 105, rowMs: 1, right: 0.8 }).speed).toBeGreaterThan(2.5);
  expect(answer({ plainMs: 105, rowMs: 1, right: 0.95, match: 12 }).speed).toBeGreaterThan(4);
});

test.each([0, 0.05, 0.1, 0.3, 0.5])('guesses that are right in %d of cases cost 3 % at most', right => {
  for (const rowMs of [0, 1, 10, 40, 100])
    for (const match of [2, 3, 4, 6, 12])
      for (const tokens of [30, 200]) {
        const { speed } = answer({ plainMs: 100, rowMs, right, match, tokens });
        expect(speed).toBeGreaterThan(0.97);
      }
});

test('a prompt that tells nothing of the cost, times that vary, and kernels that have to be compiled cost 3 % at most', () => {
  for (const world of [{ promptRows: 0 }, { promptRows: 1 }, { noise: 0.5 }, { compileMs: 100 }]) {
    const random = seededRandom(2);
    const speeds = Array.from({ length: 40 }, () => {
      return answer({ plainMs: 20, rowMs: 8, right: 0.2, tokens: 1000, ...world }, random).speed;
    });
    expect(speeds.reduce((sum, speed) => sum + speed, 0) / speeds.length).toBeGreaterThan(0.97);
  }
});

test('no row goes along where it costs as much as a trip', () => {
  expect(answer({ plainMs: 20, rowMs: 20, right: 1 }).sent).toBe(0);
  expect(answer({ plainMs: 0, rowMs: 0, right: 1 }).sent).toBe(0);
});

test('on one device alone it drafts where rows are cheap', () => {
  expect(answer({ plainMs: 20, rowMs: 2, right: 0.8 }).speed).toBeGreaterThan(1.5);
});

test('kernels that are compiled for a first trip do not end it', () => {
  expect(answer({ plainMs: 20, rowMs: 1, right: 0.9, compileMs: 10, tokens: 400 }).speed).toBeGreaterThan(
    1.5,
  );
});

test('a text that turns into one to copy is noticed without a draft being sent', () => {
  const policy = new MeasuredPolicy();
  policy.readPrompt(40, 110);
  const draft = (token: number) => ({ tokens: Array(7).fill(token), match: 2 });
  for (let step = 0; step < 60; step++) policy.observe({ draft: draft(1), sent: 0, tokens: [2], ms: 100 });
  expect(policy.count(draft(1))).toBe(0);
  for (let step = 0; step < 12; step++) policy.observe({ draft: draft(2), sent: 0, tokens: [2], ms: 100 });
  expect(policy.count(draft(2))).toBeGreaterThan(0);
});

test('a cost that was measured while the device was busy is forgotten', () => {
  const policy = new MeasuredPolicy();
  const draft = { tokens: Array(7).fill(1), match: 12 };
  policy.readPrompt(40, 110);
  const plain = (trips: number) => {
    for (let trip = 0; trip < trips; trip++) policy.observe({ draft, sent: 0, tokens: [1], ms: 100 });
  };
  plain(2);
  for (let trip = 0; trip < 5; trip++) policy.observe({ draft, sent: 7, tokens: Array(8).fill(1), ms: 2000 });
  expect(policy.count(draft)).toBe(0);
  plain(400);
  expect(policy.count(draft)).toBeGreaterThan(0);
});

/** An answer drafted by a model that takes `tokenMs` for a token and is right as often as `right`. */
function modelAnswer(world: { plainMs: number; tokenMs: number; right: number; tokens?: number }) {
  const { plainMs, tokenMs, right, tokens = 300 } = world;
  const random = seededRandom(3);
  const policy = new MeasuredPolicy();
  policy.readPrompt(40, plainMs + 39);
  let [spent, made, sentAll] = [0, 0, 0];
  while (made < tokens) {
    const sent = policy.count({ match: 'model', most: 7, tokenMs, make: async () => undefined });
    const guesses = Array.from({ length: sent }, () => random.next() < right);
    const kept = [...guesses, false].indexOf(false);
    const draft = sent > 0 ? { tokens: guesses.map(Number), match: 'model' as const } : undefined;
    const [ms, draftMs] = [plainMs + sent, sent * tokenMs];
    policy.observe({ draft, sent, tokens: Array(kept + 1).fill(1), ms, draftMs });
    spent += ms + draftMs;
    made += kept + 1;
    sentAll += sent;
  }
  return { speed: (made * plainMs) / spent, sent: sentAll };
}

test('a model that drafts pays over a long way, and is not asked where it takes as long as a trip', () => {
  expect(modelAnswer({ plainMs: 105, tokenMs: 10, right: 0.75 }).speed).toBeGreaterThan(1.5);
  expect(modelAnswer({ plainMs: 30, tokenMs: 30, right: 0.95 }).sent).toBe(0);
});

test.each([0, 0.1, 0.3, 0.6])('a model that is right in %d of cases costs 3 % at most', right => {
  for (const plainMs of [30, 105, 400])
    for (const tokenMs of [1, 10, 30, 100])
      for (const tokens of [30, 300])
        expect(modelAnswer({ plainMs, tokenMs, right, tokens }).speed).toBeGreaterThan(0.97);
});
