/**
 * Members spend out of one budget while their pod is disturbed: the real treasury, document and protocol over the simulated
 * network, and a provider that counts what it really charges.
 */
import type { PeerId } from '../../src/base/brand.ts';
import { TabmeshError } from '../../src/base/error.ts';
import { type Random, seededRandom } from '../../src/base/random.ts';
import { greedy } from '../../src/engine/stage.ts';
import type { Accounts } from '../../src/ledger/accounts.ts';
import { type Budget, dayAt, type Period, periodOf, shareOf } from '../../src/ledger/budget.ts';
import { costOf } from '../../src/ledger/price.ts';
import type { SpendingBook } from '../../src/ledger/spending-book.ts';
import type { Destination } from '../../src/router/destination.ts';
import { CompleteService } from '../../src/router/remote/complete-service.ts';
import type { CompletionRequest } from '../../src/router/request.ts';
import { payForMember } from '../../src/router/treasury/pay-for-member.ts';
import { Treasury } from '../../src/router/treasury/treasury.ts';
import { treasuryDestinations } from '../../src/router/treasury/treasury-destination.ts';
import { createMemoryStore } from '../../src/store/memory-store.ts';
import type { Store } from '../../src/store/store.ts';
import type { PodWorld, TestPeer } from '../pod/pod-world.ts';

const price = { input: 1_000_000, output: 1_000_000 };
const model = 'shop/m';
/** Of each member: two answers or three. */
const share = 400;
const modes = ['daily', 'monthly', 'percent', 'unlimited'] as const;

/** All members have the same part; of an unlimited budget the last one has none. */
function budgetOf(mode: (typeof modes)[number], peers: readonly PeerId[]): Budget {
  const all = (part: number) => Object.fromEntries(peers.map(peer => [peer, part]));
  if (mode === 'unlimited') return { mode, peers: peers.slice(0, -1) };
  if (mode !== 'percent') return { mode, amount: share * peers.length, shares: all(share) };
  // A hundredth of what was paid in is more than the shares by what rounding leaves.
  return {
    mode,
    points: 100,
    paidIn: 100 * share * peers.length,
    shares: all(Math.floor(100 / peers.length)),
  };
}
const most = 150;

/** Asks for as much as it likes: only the payer looks what it has. */
class Heedless extends Treasury {
  override accountsIn(book: SpendingBook, payer: PeerId): Accounts {
    const rich = { share: 0, received: 0, given: 0, held: 0, left: Infinity };
    return { ...super.accountsIn(book, payer), of: new Map([[this.parts.self, rich]]) };
  }
}

export class Spending {
  /** What the provider has really charged. */
  charged = 0;
  /** Asked and not over. */
  open = 0;
  answers = 0;
  crashes = 0;
  /** Of all shares together. */
  readonly whole: number;
  /** Who may spend nothing. */
  readonly unnamed: readonly PeerId[];
  readonly #budget: Budget;
  readonly #house: PodWorld;
  #payer: TestPeer;
  readonly #random: Random;
  /** What a crash leaves. */
  readonly #disk = createMemoryStore();
  readonly #treasuries = new Map<PeerId, Treasury>();
  #cut = () => {};

  private constructor(seed: number, house: PodWorld, peers: readonly TestPeer[]) {
    this.#house = house;
    this.#payer = peers[0]!;
    this.#random = seededRandom(seed + 7919);
    const ids = peers.map(({ id }) => id);
    this.#budget = budgetOf(modes[seed % modes.length]!, ids);
    this.whole = ids.reduce((sum, id) => sum + shareOf(this.#budget, id), 0);
    this.unnamed = ids.filter(id => shareOf(this.#budget, id) === 0);
  }

  static async begin(seed: number, house: PodWorld, peers: readonly TestPeer[]): Promise<Spending> {
    const spending = new Spending(seed, house, peers);
    spending.#start();
    spending.#serve();
    await spending.payer().setPrice(model, price);
    await spending.payer().setBudget(spending.#budget);
    return spending;
  }

  /** The one who comes in the place of a peer that was killed has what its disk kept. */
  restarted(before: TestPeer, next: TestPeer): void {
    this.#treasuries.delete(before.id);
    if (before !== this.#payer) return;
    this.#payer = next;
    this.#crash();
    this.#serve();
  }

  payer(): Treasury {
    return this.#treasuries.get(this.#payer.id)!;
  }

  /** One thing that somebody does with money, while others do theirs. */
  act(peers: readonly TestPeer[]): void {
    const [one, other] = [this.#any(peers), this.#any(peers)];
    const what = this.#random.next();
    if (what < 0.6) void this.#ask(one);
    else if (what < 0.75) void this.#give(one, other);
    else if (what < 0.85) void this.#cheat(one, other);
    else if (what < 0.95) this.#crash();
  }

  /** What the payer's book says, beside what the provider says; undefined while the payer is not back in its pod. */
  async sums(): Promise<{ held: number; booked: number; left: number; heldByUnnamed: number } | undefined> {
    const treasury = this.payer();
    if (!treasury.isInPod) return undefined;
    const book = await treasury.book(this.#payer.id);
    const sum = (amounts: Iterable<number>) => [...amounts].reduce((all, each) => all + each, 0);
    const held = book.held(this.#period());
    return {
      held: sum(held.values()),
      heldByUnnamed: sum(this.unnamed.map(peer => held.get(peer) ?? 0)),
      booked: sum((await treasury.audit()).map(({ amount }) => amount)),
      left: sum([...treasury.accountsIn(book, this.#payer.id).of.values()].map(({ left }) => left)),
    };
  }

  #serve(): void {
    const payer = this.#payer;
    new CompleteService({
      network: payer.network,
      clock: this.#house.clock,
      mayAsk: id => payer.state().document?.members.some(({ peer }) => peer === id) ?? false,
      answers: { keys: (...asked) => payForMember(this.payer())(...asked) },
    });
  }

  /** The payer's process is there again, and finds on its disk what was written until then. */
  #start(): void {
    let alive = true;
    this.#cut = () => {
      alive = false;
    };
    const store: Store = {
      ...this.#disk,
      put: async (...written) => {
        if (!alive) throw new TabmeshError('unavailable', 'store', 'This process has crashed.');
        await this.#disk.put(...written);
      },
    };
    this.#treasuries.set(this.#payer.id, this.#treasuryOf(this.#payer, store));
  }

  #crash(): void {
    this.crashes += 1;
    this.#cut();
    this.#start();
  }

  async #ask(peer: TestPeer): Promise<void> {
    const [destination] = treasuryDestinations(this.#of(peer));
    if (!destination) return;
    this.open += 1;
    const maxTokens = 1 + Math.floor(this.#random.next() * most);
    const request: CompletionRequest = {
      model,
      messages: [{ role: 'user', content: 'How much?' }],
      maxTokens,
      sampling: greedy,
      stop: [],
    };
    try {
      for await (const event of destination.complete(request)) if (event.kind === 'end') this.answers += 1;
    } catch {
      // Refused, or lost on the way: who pays what is looked at in the end.
    } finally {
      this.open -= 1;
    }
  }

  async #give(from: TestPeer, to: TestPeer): Promise<void> {
    const treasury = this.#of(from);
    const amount = 1 + Math.floor(this.#random.next() * share);
    if (from !== to) await treasury.give(this.#payer.id, to.id, amount).catch(() => {});
  }

  /** Hands on what it may not have. */
  async #cheat(from: TestPeer, to: TestPeer): Promise<void> {
    const value = { to: to.id, amount: 2 * share, period: this.#period() };
    if (from !== to) await from.pod.note('spending', this.#payer.id, value).catch(() => {});
  }

  #of(peer: TestPeer): Treasury {
    const Kind = this.#random.next() < 0.3 ? Heedless : Treasury;
    const known = this.#treasuries.get(peer.id) ?? this.#treasuryOf(peer, peer.store, Kind);
    this.#treasuries.set(peer.id, known);
    return known;
  }

  #treasuryOf(peer: TestPeer, store: Store, Kind: typeof Treasury = Treasury): Treasury {
    const { clock } = this.#house;
    return new Kind({
      self: peer.id,
      pod: peer.pod,
      network: peer.network,
      store,
      clock,
      random: this.#random,
      date: () => clock.date(),
      ownKeys: async () => [this.#provider()],
    });
  }

  /** Refuses, breaks off or answers, in its own time; it charges every token that it made. */
  #provider(): Destination {
    const { clock } = this.#house;
    const pause = (signal?: AbortSignal) =>
      new Promise<void>((resolve, reject) => {
        signal?.addEventListener('abort', () => reject(signal.reason), { once: true });
        clock.after(5 + this.#random.next() * 60, resolve);
      });
    const spend = (promptTokens: number, tokens: number) => {
      this.charged += costOf(price, promptTokens, tokens);
    };
    const random = this.#random;
    return {
      id: 'shop',
      kind: 'own-key',
      name: 'the shop',
      refusal: async () => undefined,
      models: async () => [],
      async *complete({ maxTokens = 1 }, signal) {
        await pause(signal);
        if (random.next() < 0.15) throw new TabmeshError('unavailable', 'router', 'The shop is closed.');
        yield { kind: 'route', route: { kind: 'own-key', hops: [], provider: 'Shop', reason: '' } };
        const breaksAt = random.next() < 0.2 ? Math.floor(random.next() * maxTokens) : maxTokens;
        spend(4, 0);
        for (let made = 0; made < breaksAt; made += 20) {
          await pause(signal);
          const tokens = Math.min(20, breaksAt - made);
          spend(0, tokens);
          yield { kind: 'text', text: 'x'.repeat(tokens) };
        }
        if (breaksAt < maxTokens) throw new TabmeshError('lost', 'router', 'The shop broke off.');
        const usage = { promptTokens: 4, cachedTokens: 0, completionTokens: maxTokens };
        const timings = { firstTokenMs: 0, totalMs: 0, tokensPerSecond: 0 };
        yield { kind: 'end', reason: 'stop', usage, timings };
      },
    };
  }

  #period(): Period {
    return periodOf(this.#budget, dayAt(this.#house.clock.date()));
  }

  #any(peers: readonly TestPeer[]): TestPeer {
    return peers[Math.floor(this.#random.next() * peers.length)]!;
  }
}
