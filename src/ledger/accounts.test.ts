import * as v from 'valibot';
import { expect, test } from 'vitest';
import type { PeerId } from '../base/brand.ts';
import { accountsOf, budgetOf, type Said } from './accounts.ts';
import { budgetSchema, type Day, dayAt, periodOf, renewedAt, wholeOf } from './budget.ts';
import { affordable, costOf } from './price.ts';

const [payer, ann, ben] = ['payer', 'ann', 'ben'] as PeerId[] as [PeerId, PeerId, PeerId];
const day = '2026-11-27' as Day;
const daily = { mode: 'daily', amount: 100, shares: { ann: 60, ben: 40 } };
const says = (author: PeerId, value: unknown): Said => ({ topic: 'budget', key: 'budget', author, value });
const gives = (author: PeerId, to: PeerId, amount: number, period = '2026-11-27'): Said => ({
  topic: 'spending',
  key: payer,
  author,
  value: { to, amount, period },
});
const nothing = new Map<PeerId, number>();
const lefts = (said: Said[], held: ReadonlyMap<PeerId, number> = nothing, on = day) =>
  Object.fromEntries([...accountsOf(payer, said, held, on).of].map(([peer, { left }]) => [peer, left]));

test('shares are what is left, less what is held, and given ones are somebody else’s', () => {
  const said = [says(payer, daily), gives(ann, ben, 10)];
  expect(lefts(said)).toEqual({ ann: 50, ben: 50 });
  expect(lefts(said, new Map([[ann, 50]]))).toEqual({ ann: 0, ben: 50 });
  expect(lefts(said, nothing, '2026-11-28' as Day)).toEqual({ ann: 60, ben: 40 });
});

test('who gives what it has not is named, and nothing moves', () => {
  const said = [says(payer, daily), gives(ann, ben, 61), gives(ben, ann, 40), gives(ann, ben, 100)];
  const { of, refused, overdrawn } = accountsOf(payer, said, nothing, day);
  expect(refused.map(({ from, amount }) => [from, amount])).toEqual([[ann, 61]]);
  expect(overdrawn).toEqual([ann]);
  expect([of.get(ann)?.left, of.get(ben)?.left]).toEqual([0, 100]);
  const spent = accountsOf(payer, [says(payer, daily), gives(ann, ben, 30)], new Map([[ann, 40]]), day);
  expect(spent.refused).toMatchObject([{ from: ann, amount: 10 }]);
});

test('who hands on what it was given falsely loses it, and is not named for it', () => {
  const said = [says(payer, daily), gives(ann, ben, 60), gives(ben, payer, 100)];
  const { of, refused, overdrawn } = accountsOf(payer, said, new Map([[ann, 60]]), day);
  expect(refused.map(({ from, amount }) => [from, amount])).toEqual([
    [ann, 60],
    [ben, 60],
  ]);
  expect(overdrawn).toEqual([ann]);
  expect([of.get(ben)?.left, of.get(payer)?.left]).toEqual([0, 40]);
});

test('what is received after it was spent covers what was given before', () => {
  const said = [says(payer, daily), gives(ben, ann, 40), gives(ann, ben, 20)];
  expect(accountsOf(payer, said, new Map([[ben, 20]]), day).refused).toEqual([]);
});

test('what was spent of a gift stays covered when a merge puts transfers before it', () => {
  const cat = 'cat' as PeerId;
  const said = [says(payer, { ...daily, shares: { ann: 40, ben: 30, cat: 30 } }), gives(ann, ben, 30)];
  const held = new Map([[ben, 60]]);
  expect(lefts(said, held)).toEqual({ ann: 10, ben: 0, cat: 30 });
  // Heard of late, and said before: cat has not spent it.
  const merged = said.toSpliced(1, 0, gives(ann, cat, 20));
  expect(lefts(merged, held)).toEqual({ ann: 0, ben: 0, cat: 40 });
  // Ann gave what came from cat, whose earlier gift to the payer is now before that one.
  const chain = [said[0]!, gives(cat, payer, 30), gives(cat, ann, 30), gives(ann, ben, 70)];
  expect(lefts(chain, new Map([[ben, 100]]))).toEqual({ ann: 0, ben: 0, cat: 0 });
});

test('nobody but the payer says what its budget is, and what is malformed says nothing', () => {
  const said = [
    says(payer, daily),
    says(ann, { mode: 'unlimited', peers: ['ann'] }),
    says(payer, { mode: 'daily', amount: 100, shares: { ann: 60, ben: 41 } }),
    says(payer, { mode: 'daily', amount: -1, shares: {} }),
    says(payer, 'all of it'),
  ];
  expect(budgetOf(payer, said)).toEqual(daily);
  expect(lefts([...said, says(payer, { mode: 'none' })])).toEqual({});
  const junk = [null, 7, {}, { to: ben, amount: 0, period: day }, { to: ben, amount: 1.5, period: day }];
  const bent = junk.map(value => ({ topic: 'spending', key: payer, author: ann, value }));
  expect(lefts([says(payer, daily), ...bent])).toEqual({ ann: 60, ben: 40 });
});

test('a budget lowered below what is spent leaves nobody anything', () => {
  const lowered = says(payer, { mode: 'daily', amount: 50, shares: { ann: 10, ben: 40 } });
  expect(lefts([says(payer, daily), lowered], new Map([[ann, 60]]))).toEqual({ ann: 0, ben: 0 });
  expect(lefts([says(payer, daily), lowered], new Map([[ann, 20]]))).toEqual({ ann: 0, ben: 30 });
});

test('periods are days and months in UTC, or for good', () => {
  expect(dayAt(Date.UTC(2026, 11, 31, 23, 59))).toBe('2026-12-31');
  const monthly = v.parse(budgetSchema, { mode: 'monthly', amount: 5, shares: {} });
  expect(periodOf(monthly, day)).toBe('2026-11');
  expect(renewedAt(monthly, '2026-12-09' as Day)).toBe(Date.UTC(2027, 0, 1));
  const percent = v.parse(budgetSchema, {
    mode: 'percent',
    points: 2_500,
    paidIn: 1_003,
    shares: { ann: 1_250 },
  });
  expect([periodOf(percent, day), wholeOf(percent), renewedAt(percent, day)]).toEqual([
    'all',
    250,
    undefined,
  ]);
  expect(lefts([says(payer, percent)])).toEqual({ ann: 125 });
  expect(lefts([says(payer, { mode: 'unlimited', peers: ['ann'] })])).toEqual({ ann: Infinity });
});

test('prices are exact, and what is affordable is affordable', () => {
  const price = { input: 250_000_000, output: 1_000_000_000 };
  expect(costOf(price, 4, 1)).toBe(2_000);
  expect(costOf({ input: 1, output: 0 }, 1, 0)).toBe(1);
  for (const amount of [0, 999, 5_000, 123_456_789]) {
    const tokens = affordable(price, amount, 3);
    if (tokens > 0) expect(costOf(price, 3, tokens)).toBeLessThanOrEqual(amount);
    expect(costOf(price, 3, tokens + 1)).toBeGreaterThan(amount);
  }
});
