/**
 * One run of a pod whose peers and connections come and go: the code of the real pod and the exact engine, over the
 * simulated network, with time and chance out of the seed. What does not hold throws, and names the seed.
 */
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import type { PeerId, PodId } from '../../src/base/brand.ts';
import { whenAborted } from '../../src/base/deadline.ts';
import { type Random, seededRandom } from '../../src/base/random.ts';
import type { ByteSource } from '../../src/model/source.ts';
import type { GenerateRequest } from '../../src/pod/pod.ts';
import { createMemoryStore } from '../../src/store/memory-store.ts';
import type { Store } from '../../src/store/store.ts';
import { answerInOrder, settle } from '../pod/manual-clock.ts';
import {
  type Answer,
  answerOf,
  ask,
  type PodWorld,
  podWorld,
  type TestPeer,
  tiny,
  when,
} from '../pod/pod-world.ts';
import { budgetHolds, checks, nothingIsReserved } from './checks.ts';
import { Spending } from './spending.ts';

export interface Simulated {
  readonly seed: number;
  readonly peers: number;
  readonly answers: number;
  readonly faults: readonly string[];
  readonly takeovers: number;
  /** Questions that were put again, since who asked them was killed. */
  readonly askedAgain: number;
  /** That members had out of one budget, and how often its payer crashed. */
  readonly paid: number;
  readonly crashes: number;
  /** Simulated, of the whole run. */
  readonly ms: number;
}

answerInOrder();

const faultsMax = 6;
const answerMsMax = 600_000;
const healMsMax = 300_000;

const file = await readFile(fileURLToPath(new URL('../fixtures/tiny-qwen3-q4_k_m.gguf', import.meta.url)));

/** Read within the turn, so that a disk's pace changes nothing. */
const inMemory = (real: ByteSource): ByteSource => ({
  ...real,
  size: async () => file.length,
  read: async (start, end, _signal, onBytes) => {
    onBytes?.(end - start);
    return Uint8Array.from(file.subarray(start, end));
  },
});

const requests: readonly GenerateRequest[] = [
  ask({ maxTokens: 12 }),
  ask({ maxTokens: 20, prompt: [9, 8, 7, 6, 5, 4] }),
  ask({ maxTokens: 6, prompt: Array.from({ length: 150 }, (_, index) => (index * 37) % 440) }),
  ask({ maxTokens: 16, sampling: { temperature: 0.9, topK: 40, topP: 0.95, minP: 0, seed: 7 } }),
];
const undisturbed: (number[] | undefined)[] = requests.map(() => undefined);

async function expectedOf(index: number): Promise<number[]> {
  const known = undisturbed[index];
  if (known) return known;
  const house = await podWorld();
  const alone = await house.peer('alone', undefined, { source: inMemory });
  await alone.pod.serve(tiny, 'tiny');
  const { tokens } = await answerOf(alone, requests[index]!);
  await house.close();
  undisturbed[index] = tokens;
  return tokens;
}

export async function simulate(seed: number): Promise<Simulated> {
  const random = seededRandom(seed);
  const size = 3 + below(random, 6);
  const asked = Array.from({ length: 1 + below(random, 2) }, () => below(random, requests.length));
  const expected: number[][] = [];
  for (const index of asked) expected.push(await expectedOf(index));
  const run = await Disturbed.create(seed, random, size);
  try {
    const answers = await run.answer(asked.map(index => requests[index]!));
    answers.forEach((tokens, index) => {
      if (tokens.join() !== expected[index]!.join()) {
        throw new Error(`answer ${index} is ${tokens.join()} instead of ${expected[index]!.join()}`);
      }
    });
    await run.heal();
    const { faults, takeovers, askedAgain, house, spending } = run;
    const { answers: paid, crashes } = spending;
    const ms = house.clock.now();
    return { seed, peers: size, answers: asked.length, faults, takeovers, askedAgain, paid, crashes, ms };
  } catch (cause) {
    throw new Error(`Seed ${seed} with ${size} peers, after ${run.faults.join(', ')}: ${cause}`, { cause });
  } finally {
    await run.close();
  }
}

interface Disk {
  readonly kept: Store;
  /** A process that was killed writes nothing any more. */
  cut(): void;
}
const disks = new WeakMap<Store, Disk>();

/** What one process has of a disk. */
function diskOf(kept: Store = createMemoryStore()): Store {
  let alive = true;
  const store: Store = {
    ...kept,
    put: async (...written) => {
      if (alive) await kept.put(...written);
    },
    delete: async (...named) => {
      if (alive) await kept.delete(...named);
    },
  };
  const cut = () => {
    alive = false;
  };
  disks.set(store, { kept, cut });
  return store;
}

const below = (random: Random, limit: number): number => Math.floor(random.next() * limit);

class Disturbed {
  readonly house: PodWorld;
  readonly faults: string[] = [];
  readonly spending: Spending;
  takeovers = 0;
  askedAgain = 0;
  readonly #random: Random;
  /** The first made the pod and pays; with the second, where there are two questions, it asks. */
  readonly #peers: TestPeer[];
  readonly #pod: PodId;
  /** Ends what a process does when it is killed. */
  readonly #processes = new Map<TestPeer, AbortController>();
  /** What undoes the faults that last. */
  readonly #repairs = new Set<() => unknown>();

  private constructor(house: PodWorld, random: Random, peers: TestPeer[], spending: Spending) {
    this.house = house;
    this.spending = spending;
    this.#random = random;
    this.#peers = peers;
    this.#pod = peers[0]!.state().document!.id;
    for (const peer of peers) this.#processes.set(peer, new AbortController());
  }

  static async create(seed: number, random: Random, size: number): Promise<Disturbed> {
    const house = await podWorld(seed);
    const peers: TestPeer[] = [];
    for (let index = 0; index < size; index++) {
      peers.push(await house.peer(`peer-${index}`, undefined, { source: inMemory, store: diskOf() }));
    }
    await house.together(tiny, ...peers);
    const spending = await Spending.begin(seed, house, peers);
    house.world.latency(1 + below(random, 30), below(random, 20));
    return new Disturbed(house, random, peers, spending);
  }

  /** Disturbs the pod until all are answered. */
  async answer(asked: readonly GenerateRequest[]): Promise<number[][]> {
    const { clock } = this.house;
    let waiting = asked.length;
    const answering = asked.map(async (request, index) => {
      const answer = await this.#askUntilAnswered(index, request).finally(() => {
        waiting -= 1;
      });
      for (const event of answer.events) {
        if (event.kind === 'step' && event.step.name === 'takeover') this.takeovers += 1;
      }
      return answer.tokens;
    });
    const all = Promise.all(answering);
    all.catch(() => {});
    const end = clock.now() + answerMsMax;
    while (waiting > 0 && clock.now() < end) {
      if (this.faults.length < faultsMax && this.#random.next() < 0.5) await this.#disturb();
      for (let each = 0; each < 5; each++) this.spending.act(this.#peers);
      await clock.pass(20 + below(this.#random, 400));
      await budgetHolds(this.spending);
    }
    if (waiting > 0) throw new Error(`${waiting} answers did not end in ${answerMsMax} ms`);
    return all;
  }

  /** A question dies with the process that asked it; what its person asks afterwards must hold. */
  async #askUntilAnswered(index: number, request: GenerateRequest): Promise<Answer> {
    for (;;) {
      const peer = this.#peers[index]!;
      const { signal } = this.#processes.get(peer)!;
      try {
        await Promise.race([
          when(peer, ({ models }) => models.some(({ id }) => id === tiny)),
          whenAborted(signal),
        ]);
        return await answerOf(peer, request, { signal });
      } catch (error) {
        if (!signal.aborted) throw error;
        this.askedAgain += 1;
      }
    }
  }

  /** All faults end; in the end everybody sees the same. */
  async heal(): Promise<void> {
    const { clock } = this.house;
    for (const repair of [...this.#repairs]) await repair();
    this.#repairs.clear();
    // Whatever is left of the budget is asked for.
    for (let each = 0; each < 20; each++) {
      this.spending.act(this.#peers);
      await clock.pass(100);
    }
    const end = clock.now() + healMsMax;
    for (;;) {
      await clock.pass(1_000);
      await budgetHolds(this.spending);
      const wrong = [
        ...checks.flatMap(check => check(this.#peers)),
        ...(await nothingIsReserved(this.spending)),
      ];
      if (wrong.length === 0) return;
      if (clock.now() > end) throw new Error(`not healed: ${wrong.join(', ')}`);
    }
  }

  async close(): Promise<void> {
    // A goodbye to a peer that takes none is waited for.
    let closed = false;
    const closing = this.house.close().finally(() => {
      closed = true;
    });
    while (!closed) await this.house.clock.pass(1_000);
    await closing;
  }

  async #disturb(): Promise<void> {
    const kinds = [
      this.#breakOne,
      this.#severOne,
      this.#partition,
      this.#freeze,
      this.#lose,
      this.#restart,
      this.#restart,
    ];
    await kinds[below(this.#random, kinds.length)]!.call(this);
  }

  #any(): TestPeer {
    return this.#peers[below(this.#random, this.#peers.length)]!;
  }

  /** A connection breaks, and may be made again at once: whatever was under way is lost. */
  #breakOne(): void {
    const [a, b] = [this.#any(), this.#any()];
    if (a === b) return;
    this.faults.push(`break ${a.id} ${b.id}`);
    this.house.world.sever(a.id, b.id);
    this.house.world.mend(a.id, b.id);
  }

  #severOne(): void {
    const [a, b] = [this.#any(), this.#any()];
    if (a !== b) this.#sever([a.id], [b.id], 'sever');
  }

  #partition(): void {
    const one = this.#peers.filter(() => this.#random.next() < 0.5).map(peer => peer.id);
    const other = this.#peers.map(peer => peer.id).filter(id => !one.includes(id));
    this.#sever(one, other, 'part');
  }

  #sever(ones: readonly PeerId[], others: readonly PeerId[], what: string): void {
    const { world } = this.house;
    this.faults.push(`${what} ${ones.join('+')} ${others.join('+')}`);
    for (const one of ones) for (const other of others) world.sever(one, other);
    this.#later(500 + below(this.#random, 20_000), () => {
      for (const one of ones) for (const other of others) world.mend(one, other);
    });
  }

  #freeze(): void {
    const { id } = this.#any();
    this.faults.push(`freeze ${id}`);
    this.house.world.freeze(id);
    this.#later(500 + below(this.#random, 8_000), () => this.house.world.thaw(id));
  }

  #lose(): void {
    const [a, b] = [this.#any(), this.#any()];
    if (a === b) return;
    const share = 0.05 + 0.3 * this.#random.next();
    this.faults.push(`lose ${Math.round(share * 100)} % ${a.id} ${b.id}`);
    const { world } = this.house;
    world.lose(a.id, b.id, share);
    this.#later(1_000 + below(this.#random, 20_000), () => world.lose(a.id, b.id, 0));
  }

  /**
   * A peer is killed, and another has its place a little later: the same with what its disk kept, or a stranger that joins with a new
   * identity. Who made the pod comes back as itself: the budget is its own.
   */
  async #restart(): Promise<void> {
    const index = below(this.#random, this.#peers.length);
    const victim = this.#peers[index]!;
    const isSame = index === 0 || this.#random.next() < 0.5;
    this.faults.push(`${isSame ? 'restart' : 'replace'} ${victim.id}`);
    const { world } = this.house;
    world.kill(victim.id);
    world.thaw(victim.id);
    const { kept, cut } = disks.get(victim.store)!;
    cut();
    await settle();
    const next = isSame
      ? await this.house.peer(victim.id, undefined, { source: inMemory, store: diskOf(kept) })
      : await this.house.peer(`${victim.id}-again`, undefined, { source: inMemory, store: diskOf() });
    this.#peers[index] = next;
    this.#processes.set(next, new AbortController());
    this.#processes.get(victim)!.abort();
    this.spending.restarted(victim, next);
    // As every process of ours does when it starts; a model that nobody serves any more is gone.
    if (index === 0) await next.pod.serve(tiny, 'tiny');
    const knowsPod = isSame && (await kept.keys('documents')).length > 0;
    const enter = async (): Promise<void> => {
      const entering = knowsPod ? next.pod.restore(this.#pod) : this.#joinBy(next);
      await entering.catch(() => this.#later(2_000, () => void enter()));
    };
    this.#later(below(this.#random, 5_000), () => void enter());
  }

  async #joinBy(next: TestPeer): Promise<void> {
    await next.pod.join(await this.#peers[0]!.pod.invite('https://example.org/'));
  }

  #later(ms: number, act: () => unknown): void {
    const once = () => {
      this.#repairs.delete(once);
      cancel();
      return act();
    };
    const cancel = this.house.clock.after(ms, once);
    this.#repairs.add(once);
  }
}
