import * as v from 'valibot';
import type { PeerId } from '../base/brand.ts';
import { TabmeshError } from '../base/error.ts';
import { bookDaysMax, bookingsMax, reservationsMax } from '../base/limits.ts';
import { Turns } from '../base/turns.ts';
import type { Store } from '../store/store.ts';
import { amountSchema, type Day, dayAt, isWithin, type Period } from './budget.ts';

const peer = v.pipe(
  v.string(),
  v.transform(id => id as PeerId),
);
const day = v.pipe(
  v.string(),
  v.regex(/^\d{4}-\d\d-\d\d$/),
  v.transform(text => text as Day),
);
const whole = v.pipe(v.number(), v.safeInteger(), v.minValue(0));
const wish = { id: v.string(), peer, model: v.string(), amount: amountSchema };
const reservation = v.object({ ...wish, at: whole, day });
const booking = v.object({
  ...reservation.entries,
  promptTokens: whole,
  completionTokens: whole,
  /** 'unknown': it was reserved when this peer stopped, and is booked in full, since the provider may have charged it. */
  outcome: v.picklist(['settled', 'unknown']),
});
const pageSchema = v.object({
  /** The latest that was ever seen: a clock that is set back brings no allowance back. */
  day,
  days: v.record(v.string(), v.record(v.string(), whole)),
  /** On days that are not kept singly. */
  before: v.record(v.string(), whole),
  reservations: v.array(reservation),
  bookings: v.array(booking),
});
type Page = v.InferOutput<typeof pageSchema>;
export type Wish = Pick<Reservation, 'id' | 'peer' | 'model' | 'amount'>;
export type Reservation = v.InferOutput<typeof reservation>;
/** One line of the audit list; `amount` is what it cost, `at` milliseconds since 1970. */
export type Booking = v.InferOutput<typeof booking>;

/**
 * What was reserved and spent, stored before anything is sent, all of it in one record, so that a crash leaves it whole. A
 * reservation whose peer stopped is booked in full when the book is opened again.
 */
export class SpendingBook {
  readonly #store: Store;
  readonly #key: string;
  readonly #date: () => number;
  #page: Page;
  readonly #turns = new Turns();

  private constructor(store: Store, key: string, date: () => number, page: Page) {
    this.#store = store;
    this.#key = key;
    this.#date = date;
    this.#page = page;
  }

  static async open(store: Store, key: string, date: () => number): Promise<SpendingBook> {
    const bytes = await store.get('settings', key);
    const empty = { day: dayAt(date()), days: {}, before: {}, reservations: [], bookings: [] };
    // What cannot be read must not pass for nothing spent.
    const page = bytes ? v.parse(pageSchema, JSON.parse(new TextDecoder().decode(bytes))) : empty;
    const book = new SpendingBook(store, key, date, page);
    let next = page;
    for (const each of page.reservations) next = booked(next, { ...each, ...unknown });
    await book.#write(next);
    return book;
  }

  /** By this peer's clock in UTC, and never earlier than before. */
  today(): Day {
    const now = dayAt(this.#date());
    return now > this.#page.day ? now : this.#page.day;
  }

  /** The latest first. */
  get bookings(): readonly Booking[] {
    return this.#page.bookings.toReversed();
  }

  /** Spent and reserved by each. */
  held(period: Period): Map<PeerId, number> {
    const held = this.spent(period);
    for (const { peer, amount, day } of this.#page.reservations)
      if (isWithin(day, period)) held.set(peer, (held.get(peer) ?? 0) + amount);
    return held;
  }

  spent(period: Period): Map<PeerId, number> {
    const spent = new Map<PeerId, number>();
    const add = (amounts: Record<string, number>) => {
      for (const [peer, amount] of Object.entries(amounts))
        spent.set(peer as PeerId, (spent.get(peer as PeerId) ?? 0) + amount);
    };
    for (const [day, amounts] of Object.entries(this.#page.days))
      if (isWithin(day as Day, period)) add(amounts);
    if (period === 'all') add(this.#page.before);
    return spent;
  }

  /**
   * `check` is called when nobody else reserves, and throws where it may not be. Once this resolves the amount is stored. Rejects with
   * TabmeshError('full') beyond the limit, 'invalid' for an id that was used, and what the store throws.
   */
  reserve(wished: (today: Day) => Wish): Promise<Reservation> {
    return this.#turns.take(async () => {
      const today = this.today();
      const wish = wished(today);
      const { reservations, bookings } = this.#page;
      if ([...reservations, ...bookings].some(({ id }) => id === wish.id))
        throw new TabmeshError(
          'invalid',
          'router',
          'This request was booked before. Ask under a new number.',
        );
      if (reservations.length >= reservationsMax)
        throw new TabmeshError('full', 'router', 'Too many requests are under way. Ask again.');
      const made = { ...wish, at: this.#date(), day: today };
      await this.#write({ ...this.#page, day: today, reservations: [...reservations, made] });
      return made;
    });
  }

  /** What it really cost, on the day that it was reserved. */
  settle(
    { id }: Reservation,
    cost: Pick<Booking, 'amount' | 'promptTokens' | 'completionTokens'>,
  ): Promise<void> {
    return this.#end(id, each => ({ ...each, ...cost, outcome: 'settled' }));
  }

  /** Nothing was spent. */
  release({ id }: Reservation): Promise<void> {
    return this.#turns.take(() =>
      this.#write({ ...this.#page, reservations: this.#page.reservations.filter(each => each.id !== id) }),
    );
  }

  /** Nobody says any more what it cost: all of it counts as spent. */
  lose({ id }: Reservation): Promise<void> {
    return this.#end(id, each => ({ ...each, ...unknown }));
  }

  /** Somebody who knows better says what `peer` has spent in the period. */
  learn(peer: PeerId, period: Period, spent: number): Promise<void> {
    return this.#turns.take(async () => {
      const amount = spent - (this.spent(period).get(peer) ?? 0);
      await this.#write(charged(this.#page, { peer, day: this.today(), amount }));
    });
  }

  #end(id: string, end: (each: Reservation) => Booking): Promise<void> {
    return this.#turns.take(async () => {
      const found = this.#page.reservations.find(each => each.id === id);
      if (found) await this.#write(booked(this.#page, end(found)));
    });
  }

  /** What could not be stored has not happened, so a reservation stays reserved. */
  async #write(page: Page): Promise<void> {
    const kept = pruned(page);
    await this.#store.put('settings', this.#key, new TextEncoder().encode(JSON.stringify(kept)));
    this.#page = kept;
  }
}

const unknown = { promptTokens: 0, completionTokens: 0, outcome: 'unknown' } as const;

const booked = (page: Page, made: Booking): Page =>
  charged(
    {
      ...page,
      reservations: page.reservations.filter(({ id }) => id !== made.id),
      bookings: [...page.bookings, made],
    },
    made,
  );

function charged(page: Page, { peer, day, amount }: Pick<Booking, 'peer' | 'day' | 'amount'>): Page {
  const sums = page.days[day] ?? {};
  return {
    ...page,
    days: { ...page.days, [day]: { ...sums, [peer]: Math.max(0, (sums[peer] ?? 0) + amount) } },
  };
}

/** Old days are kept as one sum, old lines of the list not at all. */
function pruned(page: Page): Page {
  const days = Object.keys(page.days).sort();
  const before = { ...page.before };
  for (const old of days.slice(0, Math.max(0, days.length - bookDaysMax)))
    for (const [peer, amount] of Object.entries(page.days[old]!)) before[peer] = (before[peer] ?? 0) + amount;
  return {
    ...page,
    before,
    days: Object.fromEntries(days.slice(-bookDaysMax).map(day => [day, page.days[day]!])),
    bookings: page.bookings.slice(-bookingsMax),
  };
}
