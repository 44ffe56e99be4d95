import { expect, test } from 'vitest';
import { ManualClock } from '../../tests/pod/manual-clock.ts';
import type { PeerId } from '../base/brand.ts';
import { Giving } from './giving.ts';

const [self, other, third] = ['self', 'other', 'third'] as PeerId[] as [PeerId, PeerId, PeerId];

function world() {
  const clock = new ManualClock();
  const giving = new Giving(self, clock);
  /** Passes of `ms`, one after the other, as a stage that is always asked. */
  const keepBusy = (peer: PeerId, ms: number) => {
    let stopped = false;
    const pass = () => new Promise<void>(resolve => clock.after(ms, resolve));
    void (async () => {
      while (!stopped) await giving.compute(peer, 1, pass);
    })();
    return () => {
      stopped = true;
    };
  };
  return { clock, giving, keepBusy };
}

test('others get the share of the time that they may have, on average', async () => {
  const { clock, giving, keepBusy } = world();
  giving.limit({ computeShare: 0.3, ownFirst: false });
  const stop = keepBusy(other, 20);
  await clock.pass(10_000);
  // A second's share was saved up at the start.
  expect(giving.given.peek().computeMs / 11_000).toBeCloseTo(0.3, 1);
  expect(giving.given.peek().rows).toBe(Math.floor(giving.given.peek().computeMs / 20));
  stop();
});

test('without a limit nothing waits', async () => {
  const { clock, giving, keepBusy } = world();
  const stop = keepBusy(other, 20);
  await clock.pass(10_000);
  expect(giving.given.peek().rows).toBe(500);
  stop();
});

test('while an answer of its own runs others wait for their turn, and its own never does', async () => {
  const { clock, giving, keepBusy } = world();
  giving.limit({ computeShare: 1, ownFirst: true });
  const over = giving.own();
  const stop = keepBusy(other, 10);
  await clock.pass(8_000);
  const { computeMs, ownAnswers } = giving.given.peek();
  expect(ownAnswers).toBe(1);
  expect(computeMs).toBeGreaterThan(1_900);
  expect(computeMs).toBeLessThan(2_400);
  let own = 0;
  await giving.compute(self, 1, async () => own++);
  expect(own).toBe(1);
  over();
  over();
  await clock.pass(1_000);
  expect(giving.given.peek().computeMs - computeMs).toBeGreaterThan(900);
  expect(giving.given.peek().ownAnswers).toBe(0);
  stop();
});

test('rows that share a pass count its time once, and whom they were for', async () => {
  const { clock, giving } = world();
  const pass = () => new Promise<void>(resolve => clock.after(50, resolve));
  void giving.compute(other, 3, pass);
  void giving.compute(third, 1, pass);
  await clock.pass(50);
  expect(giving.given.peek()).toMatchObject({ computeMs: 50, rows: 4, peers: 2 });
});

test('chunks go out within the rate, and what fails is not counted', async () => {
  const { clock, giving } = world();
  giving.limit({ computeShare: 1, ownFirst: false, uploadBytesPerSecond: 1_000 });
  let sent = 0;
  const send = async () => {
    sent += 1;
  };
  await giving.upload(other, 5_000, () => Promise.reject(new Error('gone'))).catch(() => {});
  void (async () => {
    for (let turn = 0; turn < 9; turn++) await giving.upload(other, 5_000, send);
  })();
  await clock.pass(0);
  expect(sent).toBe(1);
  await clock.pass(3_999);
  expect(sent).toBe(1);
  await clock.pass(1);
  expect(sent).toBe(2);
  await clock.pass(10_000);
  expect(sent).toBe(4);
  expect(giving.given.peek().sentBytes).toBe(20_000);
});

test('who waits when the peer closes waits no longer', async () => {
  const { clock, giving } = world();
  giving.limit({ computeShare: 0, ownFirst: false });
  await giving.compute(other, 1, async () => clock.jump(60_000));
  let called = false;
  void giving.compute(other, 1, async () => {
    called = true;
  });
  await clock.pass(1_000);
  expect(called).toBe(false);
  giving.close();
  await clock.pass(0);
  expect(called).toBe(true);
});
