/**
 * Who may spend how much of one payer's money: a bounded counter in escrow (Balegas et al., "Extending Eventually Consistent Cloud
 * Databases for Enforcing Numeric Invariants", 2015). Each member holds a share that it alone may spend or hand on, so two
 * members that are apart never spend the same cent.
 */
import * as v from 'valibot';
import type { PeerId } from '../base/brand.ts';
import { transfersMax } from '../base/limits.ts';
import { type Budget, budgetSchema, type Day, type Period, periodOf, shareOf, wholeOf } from './budget.ts';
import { Purses } from './purses.ts';
import { type Made, transferSchema } from './transfer.ts';

/** Authentic, in an order that all agree on and in which causes come before what they cause. */
export interface Said {
  readonly topic: string;
  readonly key: string;
  readonly value: unknown;
  readonly author: PeerId;
}

export interface Account {
  readonly share: number;
  readonly received: number;
  readonly given: number;
  /** What it has spent, or reserved. */
  readonly held: number;
  readonly left: number;
}

export interface Accounts {
  readonly budget: Budget;
  readonly period: Period;
  readonly of: ReadonlyMap<PeerId, Account>;
  /** What of transfers moves nothing: their authors did not have so much, or had it from such a transfer. */
  readonly refused: readonly Made[];
  /** Who handed on or spent more than it could have, even if all that it was promised were good. */
  readonly overdrawn: readonly PeerId[];
}

/** Only the payer itself says what may be spent of its money; the last that is well formed counts. */
export function budgetOf(payer: PeerId, said: readonly Said[]): Budget {
  for (const { topic, key, author, value } of said.toReversed()) {
    if (topic !== 'budget' || key !== 'budget' || author !== payer) continue;
    const read = v.safeParse(budgetSchema, value);
    if (read.success) return read.output;
  }
  return { mode: 'none' };
}

/**
 * Pure, and the same for all who hold the same statements and `held`: what was spent or reserved in the period that `day` is in.
 * What the payer has booked is a fact; where somebody is short by it, transfers count for less, or after all (Purses).
 * Amounts only move: what is left and what is held are together never more than the budget.
 */
export function accountsOf(
  payer: PeerId,
  said: readonly Said[],
  held: ReadonlyMap<PeerId, number>,
  day: Day,
): Accounts {
  const budget = budgetOf(payer, said);
  const period = periodOf(budget, day);
  const promised = budget.mode === 'unlimited' ? [] : transfersOf(payer, said, period);
  const purses = new Purses(budget, promised);
  purses.take(held);
  const parts = (amountOf: (made: Made) => number): Made[] =>
    promised.map(each => ({ ...each, amount: amountOf(each) })).filter(({ amount }) => amount > 0);
  const good = parts(each => purses.counted(each));
  const refused = parts(each => each.amount - purses.counted(each));

  // A budget that was lowered below what is spent leaves nobody anything, whatever the shares say.
  const free = Math.max(0, wholeOf(budget) - [...held.values()].reduce((sum, amount) => sum + amount, 0));
  const accounts = new Map<PeerId, Account>();
  for (const peer of new Set([...holders(budget), ...good.map(({ to }) => to), ...held.keys()]))
    accounts.set(peer, {
      share: shareOf(budget, peer),
      received: sumOf(good, 'to', peer),
      given: sumOf(good, 'from', peer),
      held: held.get(peer) ?? 0,
      left: Math.min(free, Math.max(0, purses.of(peer))),
    });
  const all = (peer: PeerId) => purses.of(peer) + sumOf(refused, 'to', peer) - sumOf(refused, 'from', peer);
  const overdrawn = new Set(refused.map(({ from }) => from).filter(from => all(from) < 0));
  return { budget, period, of: accounts, refused, overdrawn: [...overdrawn] };
}

/** Those of one period, in the order that all agree on; of each author as many as the limit says. */
function transfersOf(payer: PeerId, said: readonly Said[], period: Period): Made[] {
  const made: Made[] = [];
  const counts = new Map<PeerId, number>();
  for (const { topic, key, author, value } of said) {
    if (topic !== 'spending' || key !== payer) continue;
    const read = v.safeParse(transferSchema, value);
    if (!read.success || read.output.period !== period || read.output.to === author) continue;
    const count = (counts.get(author) ?? 0) + 1;
    counts.set(author, count);
    if (count <= transfersMax) made.push({ ...read.output, from: author });
  }
  return made;
}

const sumOf = (made: readonly Made[], side: 'from' | 'to', peer: PeerId): number =>
  made.reduce((sum, each) => sum + (each[side] === peer ? each.amount : 0), 0);

function holders(budget: Budget): PeerId[] {
  if (budget.mode === 'none') return [];
  return (budget.mode === 'unlimited' ? budget.peers : Object.keys(budget.shares)) as PeerId[];
}
