import { expect, test } from 'vitest';
import { ManualClock } from '../../tests/pod/manual-clock.ts';
import type { PeerId } from '../base/brand.ts';
import { isKind } from '../base/error.ts';
import { typingHoldMs } from '../base/limits.ts';
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

test('chunks go out within the rate, and who would wait for long is refused', async () => {
  const { clock, giving } = world();
  giving.limit({ computeShare: 1, ownFirst: false, uploadBytesPerSecond: 1_000 });
  let sent = 0;
  const upload = () =>
    giving.upload(other, 5_000, async () => {
      sent += 1;
    });
  // A second's bytes were saved up at the start, so four are owed after the first.
  await upload();
  await expect(upload()).rejects.toMatchObject({ kind: 'unavailable', origin: 'pod' });
  await clock.pass(2_000);
  const second = upload();
  await clock.pass(1_999);
  expect(sent).toBe(1);
  await clock.pass(1);
  await second;
  expect(giving.given.peek().sentBytes).toBe(10_000);
});

test('what fails is not told as given, but has used the line', async () => {
  const { clock, giving } = world();
  giving.limit({ computeShare: 1, ownFirst: false, uploadBytesPerSecond: 1_000 });
  const fails = () => Promise.reject(new Error('gone'));
  await expect(giving.upload(other, 5_000, fails)).rejects.toThrow('gone');
  await expect(giving.upload(other, 5_000, async () => {})).rejects.toMatchObject({ kind: 'unavailable' });
  await expect(giving.compute(other, 3, fails)).rejects.toThrow('gone');
  expect(giving.given.peek()).toMatchObject({ sentBytes: 0, rows: 0 });
  await clock.pass(4_000);
  await giving.upload(other, 5_000, async () => {});
  expect(giving.given.peek().sentBytes).toBe(5_000);
});

test('long passes at a small share keep nobody waiting beyond what an answer has', async () => {
  const { clock, giving } = world();
  giving.limit({ computeShare: 0.05, ownFirst: true });
  giving.own();
  await giving.compute(other, 1, async () => clock.jump(2_300));
  let passed = false;
  void giving.compute(other, 1, async () => {
    passed = true;
  });
  await clock.pass(4_999);
  expect(passed).toBe(false);
  await clock.pass(1);
  expect(passed).toBe(true);
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

test('what others begin late waits for a while, what is its own never, and a chunk is asked for again', async () => {
  const { clock, giving } = world();
  const limits = { computeShare: 1, ownFirst: false };
  expect(giving.begin(other)).toBeUndefined();
  giving.limit({ ...limits, beginsLate: true });
  expect(giving.begin(self)).toBeUndefined();
  const begun: string[] = [];
  const begin = (peer: PeerId) => void giving.begin(peer)?.then(() => begun.push(peer));
  begin(other);
  await clock.pass(typingHoldMs - 1);
  begin(third);
  expect(begun).toEqual([]);
  await clock.pass(1);
  expect(begun).toEqual([other]);
  const refused = await giving.upload(other, 1, async () => {}).catch((error: unknown) => error);
  expect(isKind(refused, 'unavailable')).toBe(true);
  giving.limit(limits);
  await clock.pass(0);
  expect(begun).toEqual([other, third]);
  expect(giving.begin(other)).toBeUndefined();
  await giving.upload(other, 1, async () => {});
});
