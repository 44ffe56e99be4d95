/** The treasury's arithmetic over the real document: members that part, meet, stop, and say things in any order. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { PeerId, PodId } from '../../base/brand.ts';
import { accountsOf } from '../../ledger/accounts.ts';
import { type Budget, dayAt, periodOf, shareOf, wholeOf } from '../../ledger/budget.ts';
import { SpendingBook } from '../../ledger/spending-book.ts';
import type { Transfer } from '../../ledger/transfer.ts';
import { createMemoryStore } from '../../store/memory-store.ts';
import { readDocument } from './read-document.ts';
import type { Statement } from './statement.ts';
import { admission, foundedBy, inviteNamed, Speaker } from './statement-maker.ts';

const names = ['payer', 'ann', 'ben', 'eve'] as const;
const shares = { payer: 10, ann: 40, ben: 30, eve: 20 };
const budgets: readonly Exclude<Budget, { mode: 'none' }>[] = [
  { mode: 'daily', amount: 100, shares },
  { mode: 'monthly', amount: 100, shares },
  // Each share is rounded down: 101 in all, of which one is nobody's.
  {
    mode: 'percent',
    points: 2_500,
    paidIn: 405,
    shares: { payer: 250, ann: 1_000, ben: 750, eve: 500 },
  },
  // Eve is not among those who may.
  { mode: 'unlimited', peers: ['payer', 'ann', 'ben'] },
];
const dayMs = 86_400_000;

/** The payer's book, and what each member knows of its own spending from what the payer told it. */
class Room {
  readonly speakers: Map<string, Speaker>;
  readonly pod: PodId;
  readonly told = new Map<string, number>();
  readonly #store = createMemoryStore();
  readonly #paid: PeerId = 'payer' as PeerId;
  readonly budget: Budget;
  book!: SpendingBook;
  at = Date.UTC(2026, 0, 1);
  ids = 0;

  constructor(budget: Budget) {
    this.budget = budget;
    const { founder, pod } = foundedBy('payer');
    this.pod = pod;
    const others = names.slice(1).map(name => new Speaker(name));
    founder.say({ kind: 'invite', invite: inviteNamed('all'), role: 'member', uses: 9, expires: 0 });
    for (const { peer } of others) founder.say(admission(peer, 'all'));
    founder.say({ kind: 'entry', topic: 'budget', key: 'budget', value: budget });
    for (const other of others) other.hear(founder);
    this.speakers = new Map([founder, ...others].map(each => [each.peer, each]));
  }

  async open(): Promise<this> {
    this.book = await SpendingBook.open(this.#store, 'book', () => this.at);
    return this;
  }

  accounts(name: string, held = this.book.held(this.period)) {
    return accountsOf(this.#paid, this.said(name), held, this.book.today());
  }

  said(name: string, order: (all: Statement[]) => Statement[] = all => all) {
    return readDocument(this.pod, order([...this.speakers.get(name)!.held.values()]))!.entries;
  }

  get period() {
    return periodOf(this.budget, this.book.today());
  }

  /** What a member believes that it has: the document as it knows it, less what it spent. */
  believes(name: string): number {
    const own = new Map([[name as PeerId, this.told.get(`${name} ${this.period}`) ?? 0]]);
    return this.accounts(name, own).of.get(name as PeerId)?.left ?? 0;
  }

  give(from: string, to: string, amount: number): void {
    const value: Transfer = { to: to as PeerId, amount, period: this.period };
    this.speakers.get(from)!.say({ kind: 'entry', topic: 'spending', key: 'payer', value });
  }

  async ask(
    name: string,
    amount: number,
    ends: 'settled' | 'released' | 'crash',
    cost: number,
  ): Promise<void> {
    const peer = name as PeerId;
    if (amount > (this.accounts('payer').of.get(peer)?.left ?? 0)) return;
    const made = await this.book.reserve(() => ({ id: `${this.ids++}`, peer, model: 'm', amount }));
    const tokens = { promptTokens: 1, completionTokens: 1 };
    if (ends === 'settled') await this.book.settle(made, { amount: Math.min(cost, amount), ...tokens });
    else if (ends === 'released') await this.book.release(made);
    else await this.open();
    this.told.set(`${name} ${this.period}`, this.book.spent(this.period).get(peer) ?? 0);
  }

  meet(one: string, other: string): void {
    const [a, b] = [this.speakers.get(one)!, this.speakers.get(other)!];
    a.hear(b);
    b.hear(a);
  }
}

const member = fc.constantFrom(...names);
const honest = fc.constantFrom('payer', 'ann', 'ben');
const amount = fc.integer({ min: 1, max: 60 });
const act = fc.oneof(
  fc.record({ kind: fc.constant('give' as const), from: honest, to: member, amount }),
  /** Eve gives whatever she likes, to several who are apart. */
  fc.record({ kind: fc.constant('cheat' as const), to: honest, amount }),
  fc.record({
    kind: fc.constant('ask' as const),
    who: member,
    amount,
    ends: fc.constantFrom('settled' as const, 'settled' as const, 'released' as const, 'crash' as const),
    cost: amount,
  }),
  fc.record({ kind: fc.constant('meet' as const), one: member, other: member }),
  fc.record({ kind: fc.constant('night' as const), days: fc.constantFrom(1, 31) }),
);

test.each(budgets)(
  '$mode: apart, together, stopped and cheated: never more than the budget, and nothing is lost',
  async budget => {
    const isUnlimited = budget.mode === 'unlimited';
    const shared = names.reduce((sum, name) => sum + shareOf(budget, name as PeerId), 0);
    expect(shared).toBeLessThanOrEqual(wholeOf(budget));
    await fc.assert(
      fc.asyncProperty(
        fc.array(act, { maxLength: 40 }),
        fc.infiniteStream(fc.nat()),
        async (acts, chance) => {
          const room = await new Room(budget).open();
          for (const each of acts) {
            if (each.kind === 'meet') room.meet(each.one, each.other);
            else if (each.kind === 'night') room.at += each.days * dayMs;
            else if (each.kind === 'cheat') room.give('eve', each.to, each.amount);
            else if (each.kind === 'ask') {
              // Whoever is honest asks for no more than it has; the payer looks for itself in any case.
              if (each.who === 'eve' || each.amount <= room.believes(each.who))
                await room.ask(each.who, each.amount, each.ends, each.cost);
            } else if (each.from !== each.to && each.amount <= room.believes(each.from))
              room.give(each.from, each.to, each.amount);
            const spent = [...room.book.held(room.period).values()].reduce((a, b) => a + b, 0);
            expect(spent).toBeLessThanOrEqual(shared);
            if (isUnlimited) expect(room.book.held(room.period).has('eve' as PeerId)).toBe(false);
            // Whatever the payer has heard: all of it is either left or held.
            const left = [...room.accounts('payer').of.values()].reduce(
              (sum, account) => sum + account.left,
              0,
            );
            expect(left + spent).toBe(shared);
          }
          const sums = new Map<string, number>();
          for (const { day, amount } of room.book.bookings) {
            const period = periodOf(budget, day);
            sums.set(period, (sums.get(period) ?? 0) + amount);
          }
          for (const [period, sum] of sums) {
            const spent = room.book.spent(period as Transfer['period']);
            expect([...spent.values()].reduce((a, b) => a + b, 0)).toBe(sum);
            expect(sum).toBeLessThanOrEqual(shared);
          }
          // Healed, all see the same, in whatever order they heard it.
          for (const name of names) room.meet('payer', name);
          for (const name of names) room.meet('payer', name);
          const shuffled = (all: Statement[]) => all.toSorted(() => (chance.next().value! % 2) - 0.5);
          const held = room.book.held(room.period);
          const seen = names.map(name =>
            accountsOf('payer' as PeerId, room.said(name, shuffled), held, dayAt(room.at)),
          );
          for (const each of seen) expect(each).toEqual(seen[0]);
          // Where nobody's part has an end, handing on moves nothing.
          if (isUnlimited) expect(seen[0]).toMatchObject({ refused: [], overdrawn: [] });
          expect(seen[0]!.overdrawn.filter(peer => peer !== 'eve')).toEqual([]);
        },
      ),
      { numRuns: 100 },
    );
  },
);
