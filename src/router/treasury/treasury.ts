/** What a peer's owner lets the members of the pod spend with its keys. Nothing, until it sets a budget. */
import * as v from 'valibot';
import type { PeerId } from '../../base/brand.ts';
import type { Clock } from '../../base/clock.ts';
import { TabmeshError } from '../../base/error.ts';
import type { Random } from '../../base/random.ts';
import { type Accounts, accountsOf, budgetOf } from '../../ledger/accounts.ts';
import { type Budget, budgetSchema, periodOf } from '../../ledger/budget.ts';
import { type Price, priceSchema } from '../../ledger/price.ts';
import { type Booking, SpendingBook } from '../../ledger/spending-book.ts';
import type { Transfer } from '../../ledger/transfer.ts';
import type { Network } from '../../network/network.ts';
import type { DocumentView } from '../../pod/document/view.ts';
import type { Pod } from '../../pod/pod.ts';
import type { Store } from '../../store/store.ts';
import type { Destination } from '../destination.ts';

export interface TreasuryParts {
  readonly self: PeerId;
  readonly pod: Pick<Pod, 'state' | 'note'>;
  readonly network: Pick<Network, 'open'>;
  readonly store: Store;
  readonly clock: Clock;
  readonly random: Random;
  /** Milliseconds since 1970. */
  readonly date: () => number;
  /** Of the owner's keys. */
  readonly ownKeys: () => Promise<readonly Destination[]>;
}

/** As pages and the command line see it. Amounts are micro-cents; all reject with 'denied' where the role may not, or in no pod. */
export interface TreasuryFace {
  /** Of this peer's own keys. Rejects with TabmeshError('invalid') where the shares are more than the whole. */
  setBudget(budget: Budget): Promise<void>;
  /** Of a model as requests name it ("openai/gpt-4o-mini"); models without a price are not paid for. */
  setPrice(model: string, price: Price | undefined): Promise<void>;
  /** Whose money may be spent in this pod. */
  payers(): readonly PeerId[];
  prices(payer: PeerId): ReadonlyMap<string, Price>;
  /** Exact for this peer's own budget; of another's, what this peer knows of its own spending. */
  accounts(payer: PeerId): Promise<Accounts>;
  /** Hands part of this peer's allowance on to another member. Rejects with TabmeshError('full') beyond it. */
  give(payer: PeerId, to: PeerId, amount: number): Promise<void>;
  /** Who spent what of this peer's money, the latest first. */
  audit(): Promise<readonly Booking[]>;
}

const pricePrefix = 'price/';

export class Treasury implements TreasuryFace {
  readonly parts: TreasuryParts;
  readonly #books = new Map<string, Promise<SpendingBook>>();

  constructor(parts: TreasuryParts) {
    this.parts = parts;
  }

  async setBudget(budget: Budget): Promise<void> {
    const read = v.safeParse(budgetSchema, budget);
    if (!read.success)
      throw new TabmeshError('invalid', 'router', `This is no budget (${read.issues[0].message}).`);
    await this.parts.pod.note('budget', 'budget', read.output);
  }

  async setPrice(model: string, price: Price | undefined): Promise<void> {
    await this.parts.pod.note('budget', pricePrefix + model, price ?? null);
  }

  payers(): readonly PeerId[] {
    const { entries, members } = this.view();
    return members.map(({ peer }) => peer).filter(peer => budgetOf(peer, entries).mode !== 'none');
  }

  prices(payer: PeerId): ReadonlyMap<string, Price> {
    const prices = new Map<string, Price>();
    for (const { topic, key, author, value } of this.view().entries) {
      if (topic !== 'budget' || author !== payer || !key.startsWith(pricePrefix)) continue;
      const read = v.safeParse(priceSchema, value);
      if (read.success) prices.set(key.slice(pricePrefix.length), read.output);
      else prices.delete(key.slice(pricePrefix.length));
    }
    return prices;
  }

  async accounts(payer: PeerId): Promise<Accounts> {
    return this.accountsIn(await this.book(payer), payer);
  }

  accountsIn(book: SpendingBook, payer: PeerId): Accounts {
    const { entries } = this.view();
    const today = book.today();
    return accountsOf(payer, entries, book.held(periodOf(budgetOf(payer, entries), today)), today);
  }

  async give(payer: PeerId, to: PeerId, amount: number): Promise<void> {
    const { period, of } = await this.accounts(payer);
    if (amount > (of.get(this.parts.self)?.left ?? 0))
      throw new TabmeshError('full', 'router', 'That is more than is left of your allowance. Give less.');
    await this.parts.pod.note('spending', payer, { to, amount, period } satisfies Transfer);
  }

  async audit(): Promise<readonly Booking[]> {
    return (await this.book(this.parts.self)).bookings;
  }

  /** What this peer booked of `payer`'s money: as the payer for all, or for itself alone. */
  book(payer: PeerId): Promise<SpendingBook> {
    const { self, store, date } = this.parts;
    const key = `treasury/${self}/${this.view().id}/${payer}`;
    const known = this.#books.get(key);
    if (known) return known;
    const opened = SpendingBook.open(store, key, date);
    this.#books.set(key, opened);
    opened.catch(() => this.#books.delete(key));
    return opened;
  }

  view(): DocumentView {
    const { document } = this.parts.pod.state.peek();
    if (document) return document;
    throw new TabmeshError('denied', 'router', 'Only a pod has a treasury. Open or join one first.');
  }

  get isInPod(): boolean {
    return this.parts.pod.state.peek().document !== undefined;
  }
}
