/** What a payer lets others spend of its money. Amounts are whole micro-cents: millionths of a cent. */
import * as v from 'valibot';
import type { Brand, PeerId } from '../base/brand.ts';
import { microcentsMax, podMembersMax } from '../base/limits.ts';

export const microcentsPerCent = 1_000_000;

/** "2026-11-27", in UTC. */
export type Day = Brand<string, 'Day'>;
/** A day, a month ("2026-11"), or "all" for a budget that is not renewed. */
export type Period = Brand<string, 'Period'>;

export const amountSchema = v.pipe(v.number(), v.safeInteger(), v.minValue(0), v.maxValue(microcentsMax));
const points = v.pipe(v.number(), v.safeInteger(), v.minValue(0), v.maxValue(10_000));
const peer = v.pipe(v.string(), v.nonEmpty(), v.maxLength(128));
const sharesOf = (part: v.GenericSchema<number>) => v.pipe(v.record(peer, part), v.maxEntries(podMembersMax));
const sum = (shares: Record<string, number>): number => Object.values(shares).reduce((a, b) => a + b, 0);

/** Shares of all may not be more than the whole; what is not given out nobody may spend. */
export const budgetSchema = v.variant('mode', [
  v.pipe(
    v.strictObject({ mode: v.literal('daily'), amount: amountSchema, shares: sharesOf(amountSchema) }),
    v.check(({ amount, shares }) => sum(shares) <= amount, 'shares beyond the budget'),
  ),
  v.pipe(
    v.strictObject({ mode: v.literal('monthly'), amount: amountSchema, shares: sharesOf(amountSchema) }),
    v.check(({ amount, shares }) => sum(shares) <= amount, 'shares beyond the budget'),
  ),
  /** Hundredths of a percent of all that was paid in so far; each share too. */
  v.pipe(
    v.strictObject({
      mode: v.literal('percent'),
      points,
      paidIn: amountSchema,
      shares: sharesOf(points),
    }),
    v.check(budget => sum(budget.shares) <= budget.points, 'shares beyond the budget'),
  ),
  v.strictObject({ mode: v.literal('unlimited'), peers: v.pipe(v.array(peer), v.maxLength(podMembersMax)) }),
  v.strictObject({ mode: v.literal('none') }),
]);
export type Budget = v.InferOutput<typeof budgetSchema>;

export const dayAt = (date: number): Day => new Date(date).toISOString().slice(0, 10) as Day;

export function periodOf({ mode }: Budget, day: Day): Period {
  if (mode === 'daily') return day as string as Period;
  return (mode === 'monthly' ? day.slice(0, 7) : 'all') as Period;
}

export const isWithin = (day: Day, period: Period): boolean => period === 'all' || day.startsWith(period);

/** Milliseconds since 1970 at which the allowances are new again; undefined where they never are. */
export function renewedAt({ mode }: Budget, day: Day): number | undefined {
  const [year, month, date] = day.split('-').map(Number) as [number, number, number];
  if (mode === 'daily') return Date.UTC(year, month - 1, date + 1);
  return mode === 'monthly' ? Date.UTC(year, month, 1) : undefined;
}

export const wholeOf = (budget: Budget): number => {
  switch (budget.mode) {
    case 'daily':
    case 'monthly':
      return budget.amount;
    case 'percent':
      return partOf(budget.paidIn, budget.points);
    case 'unlimited':
      return Infinity;
    case 'none':
      return 0;
  }
};

export function shareOf(budget: Budget, peer: PeerId): number {
  if (budget.mode === 'none') return 0;
  if (budget.mode === 'unlimited') return budget.peers.includes(peer) ? Infinity : 0;
  const share = Object.hasOwn(budget.shares, peer) ? budget.shares[peer]! : 0;
  return budget.mode === 'percent' ? partOf(budget.paidIn, share) : share;
}

/** Rounded down, so that the parts are never more than the whole. */
const partOf = (amount: number, points: number): number =>
  Number((BigInt(amount) * BigInt(points)) / 10_000n);
