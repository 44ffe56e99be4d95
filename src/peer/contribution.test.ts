import { expect, test } from 'vitest';
import { ManualClock } from '../../tests/pod/manual-clock.ts';
import type { PeerId } from '../base/brand.ts';
import { isKind } from '../base/error.ts';
import { hourLookMs, pressureSteadyMs } from '../base/limits.ts';
import { LiveValue } from '../base/live.ts';
import type { Given } from '../pod/giving.ts';
import type { Member } from '../pod/member.ts';
import type { PodState } from '../pod/pod.ts';
import { createMemoryStore } from '../store/memory-store.ts';
import type { Store } from '../store/store.ts';
import type { Pressure } from './busy-device.ts';
import { Contribution } from './contribution.ts';
import { presets } from './contribution-settings.ts';
import { Lending } from './lending.ts';

const member = {} as Member;
const nothing: Given = { answers: 0, ownAnswers: 0, rows: 0, computeMs: 0, sentBytes: 0, peers: 0 };

async function world(store: Store = createMemoryStore(), usualBytes = 0) {
  const state = new LiveValue<PodState>({
    self: 'self' as PeerId,
    spread: 'fast',
    members: [member, member],
    models: [],
  });
  const given = new LiveValue(nothing);
  const ends: string[] = [];
  const onBattery = new LiveValue<boolean | undefined>(undefined);
  const [metered, hidden, typing] = [new LiveValue(false), new LiveValue(false), new LiveValue(false)];
  const pressure = new LiveValue<Pressure>(undefined);
  const clock = new ManualClock();
  const at = { hour: 12 };
  const lending = await Lending.open(store, usualBytes);
  const contribution = await Contribution.open({
    store,
    lending,
    pod: { state, given, endForOthers: () => void ends.push('ended') },
    surroundings: { onBattery, metered, hidden, typing, pressure },
    clock,
    hour: () => at.hour,
    usual: presets.balanced,
  });
  const now = () => [contribution.state.peek(), contribution.bytes.peek()];
  return {
    store,
    state,
    given,
    ends,
    onBattery,
    metered,
    hidden,
    typing,
    pressure,
    clock,
    at,
    lending,
    contribution,
    now,
  };
}

const { memoryBytes } = presets.balanced;

test('nothing is lent before it was asked for, and all that was chosen after', async () => {
  const { contribution, now } = await world();
  expect(now()).toEqual([{ kind: 'off', unasked: true }, 0]);
  await contribution.start();
  expect(now()).toEqual([{ kind: 'lending' }, memoryBytes]);
  expect(contribution.limits.peek()).toEqual({
    computeShare: 0.6,
    ownFirst: true,
    uploadBytesPerSecond: 5e6,
  });
});

test('a no is told from nothing said so far, after a reload too', async () => {
  const first = await world();
  expect(first.now()).toEqual([{ kind: 'off', unasked: true }, 0]);
  await first.contribution.change(presets.gentle);
  expect(first.now()).toEqual([{ kind: 'off', unasked: true }, 0]);
  await first.contribution.stop('finish');
  expect(first.now()).toEqual([{ kind: 'off' }, 0]);
  expect((await world(first.store)).now()).toEqual([{ kind: 'off' }, 0]);
});

test('it pauses for each reason, and its person may resume until that reason is over', async () => {
  const { contribution, onBattery, metered, now } = await world();
  await contribution.start();
  metered.set(true);
  expect(now()).toEqual([{ kind: 'paused', why: 'metered' }, 0]);
  contribution.resumeAnyway();
  expect(now()).toEqual([{ kind: 'lending', despite: 'metered' }, memoryBytes]);
  onBattery.set(true);
  expect(now()).toEqual([{ kind: 'paused', why: 'battery' }, 0]);
  onBattery.set(false);
  expect(now()).toEqual([{ kind: 'paused', why: 'metered' }, 0]);
  contribution.resumeAnyway();
  metered.set(false);
  metered.set(true);
  expect(now()).toEqual([{ kind: 'paused', why: 'metered' }, 0]);
  await contribution.change({ ...presets.full, memoryBytes });
  expect(now()).toEqual([{ kind: 'lending' }, memoryBytes]);
});

test('other programs come before it, and what it computes for others is none of them', async () => {
  const { contribution, pressure, given, clock, now } = await world();
  await contribution.start();
  given.set({ ...nothing, answers: 1 });
  pressure.set('critical');
  await clock.pass(pressureSteadyMs);
  expect(now()).toEqual([{ kind: 'lending' }, memoryBytes]);
  given.set(nothing);
  await clock.pass(pressureSteadyMs);
  expect(now()).toEqual([{ kind: 'paused', why: 'busy' }, 0]);
  contribution.resumeAnyway();
  expect(now()).toEqual([{ kind: 'lending', despite: 'busy' }, memoryBytes]);
  pressure.set('nominal');
  await clock.pass(pressureSteadyMs);
  expect(now()).toEqual([{ kind: 'lending' }, memoryBytes]);
});

test('while its person types nothing of others begins, and what is lent stays as it is', async () => {
  const { contribution, typing, onBattery, given, now } = await world();
  await contribution.start();
  const { limits, bytes } = contribution;
  const told: number[] = [];
  bytes.subscribe(value => void told.push(value));
  const usual = limits.peek();
  typing.set(true);
  given.set({ ...nothing, answers: 1 });
  expect(now()).toEqual([{ kind: 'paused', why: 'typing' }, memoryBytes]);
  expect(limits.peek()).toEqual({ ...usual, beginsLate: true });
  contribution.resumeAnyway();
  expect(now()).toEqual([{ kind: 'lending', despite: 'typing' }, memoryBytes]);
  expect(limits.peek()).toEqual(usual);
  typing.set(false);
  typing.set(true);
  expect(now()).toEqual([{ kind: 'paused', why: 'typing' }, memoryBytes]);
  // Its own answer holds others back by itself, and lets them go on.
  given.set({ ...nothing, ownAnswers: 1 });
  expect(now()).toEqual([{ kind: 'lending', slowedBy: 'own-answer' }, memoryBytes]);
  expect(limits.peek()).toEqual(usual);
  given.set(nothing);
  expect(told).toEqual([memoryBytes]);
  onBattery.set(true);
  expect(now()).toEqual([{ kind: 'paused', why: 'battery' }, 0]);
  expect(limits.peek()).toEqual(usual);
  await contribution.change({ ...presets.full, memoryBytes });
  expect(now()).toEqual([{ kind: 'lending' }, memoryBytes]);
});

test('outside the hours that were chosen nothing is lent, whatever else was chosen', async () => {
  const { contribution, at, clock, now } = await world();
  await contribution.start();
  await contribution.change({ ...presets.full, memoryBytes, hours: { from: 22, to: 8 } });
  expect(now()).toEqual([{ kind: 'paused', why: 'hours' }, 0]);
  at.hour = 23;
  await clock.pass(hourLookMs);
  expect(now()).toEqual([{ kind: 'lending' }, memoryBytes]);
  at.hour = 8;
  await clock.pass(hourLookMs);
  expect(now()).toEqual([{ kind: 'paused', why: 'hours' }, 0]);
  contribution.resumeAnyway();
  expect(now()).toEqual([{ kind: 'lending', despite: 'hours' }, memoryBytes]);
  at.hour = 22;
  await clock.pass(hourLookMs);
  at.hour = 8;
  await clock.pass(hourLookMs);
  expect(now()).toEqual([{ kind: 'paused', why: 'hours' }, 0]);
});

test('whoever is alone in its pod keeps its layers', async () => {
  const { contribution, state, onBattery, now } = await world();
  await contribution.start();
  onBattery.set(true);
  state.update(pod => ({ ...pod, members: [member] }));
  expect(now()).toEqual([{ kind: 'lending' }, memoryBytes]);
});

test('others wait for an answer of its own, unless all is lent', async () => {
  const { contribution, given, hidden, now } = await world();
  await contribution.start();
  given.set({ ...nothing, ownAnswers: 1 });
  hidden.set(true);
  expect(now()).toEqual([{ kind: 'lending', slowedBy: 'own-answer' }, memoryBytes]);
  given.set(nothing);
  expect(now()).toEqual([{ kind: 'lending', slowedBy: 'hidden' }, memoryBytes]);
  hidden.set(false);
  await contribution.change(presets.full);
  given.set({ ...nothing, ownAnswers: 1 });
  expect(now()).toEqual([{ kind: 'lending' }, presets.full.memoryBytes]);
});

test('stopping lets answers of others end, or ends them', async () => {
  const { contribution, given, ends, now } = await world();
  await contribution.start();
  given.set({ ...nothing, answers: 2 });
  await contribution.stop('finish');
  expect(now()).toEqual([{ kind: 'ending', answers: 2 }, 0]);
  expect(ends).toEqual([]);
  given.set(nothing);
  expect(now()).toEqual([{ kind: 'off' }, 0]);
  await contribution.start();
  await contribution.stop('now');
  expect(ends).toEqual(['ended']);
});

test('what was chosen is there after a reload, and garbage counts as nothing', async () => {
  const first = await world();
  await first.contribution.change(presets.gentle);
  // As the page where one joins a pod does.
  await first.lending.set(123_000_000);
  await first.contribution.stop('finish');
  const second = await world(first.store);
  expect(second.contribution.settings.peek()).toEqual({ ...presets.gentle, memoryBytes: 123_000_000 });
  for (const text of [
    '',
    '{',
    '[]',
    '{"computeShare":0,"memoryBytes":1,"always":false}',
    '{"x":1}',
    '{"computeShare":1,"memoryBytes":1,"always":true,"hours":{"from":0,"to":24}}',
  ]) {
    await first.store.put('settings', 'contribution', new TextEncoder().encode(text));
    expect((await world(first.store)).contribution.settings.peek()).toEqual(presets.balanced);
  }
  const refused = await second.contribution
    .change({ ...presets.full, memoryBytes: -1 })
    .catch((error: unknown) => error);
  expect(isKind(refused, 'invalid')).toBe(true);
});

test('amounts that are chosen while lending starts hold, and what is lent with them', async () => {
  const store = createMemoryStore();
  // What is lent takes longer to be kept than what was chosen.
  const slow: Store = {
    ...store,
    async put(table, key, bytes) {
      if (key === 'lent-bytes') await new Promise(resolve => setTimeout(resolve, 20));
      await store.put(table, key, bytes);
    },
  };
  const { contribution, lending, now } = await world(slow);
  await Promise.all([contribution.start(), contribution.change({ memoryBytes: 5e8 })]);
  expect(contribution.settings.peek().memoryBytes).toBe(5e8);
  expect(lending.bytes.peek()).toBe(5e8);
  expect(now()).toEqual([{ kind: 'lending' }, 5e8]);
});

test('two amounts that are changed at once are both changed, and one refused changes nothing', async () => {
  const first = await world();
  const { contribution } = first;
  const changes = [
    contribution.change({ computeShare: 0.2 }),
    contribution.change({ memoryBytes: -1 }).catch((error: unknown) => isKind(error, 'invalid')),
    contribution.change({ uploadBytesPerSecond: undefined }),
    contribution.stop('finish'),
  ];
  expect((await Promise.all(changes))[1]).toBe(true);
  const { uploadBytesPerSecond, ...limited } = presets.balanced;
  const changed = { ...limited, computeShare: 0.2 };
  expect(contribution.settings.peek()).toEqual(changed);
  expect((await world(first.store)).contribution.settings.peek()).toEqual(changed);
});
