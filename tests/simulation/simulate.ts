/**
 * One run of a pod whose peers and connections come and go: the code of the real pod and the exact engine, over the
 * simulated network, with time and chance out of the seed. What does not hold throws, and names the seed.
 */
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import type { PeerId } from '../../src/base/brand.ts';
import { type Random, seededRandom } from '../../src/base/random.ts';
import type { ByteSource } from '../../src/model/source.ts';
import type { GenerateRequest } from '../../src/pod/pod.ts';
import { answerInOrder, settle } from '../pod/manual-clock.ts';
import { answerOf, ask, type PodWorld, podWorld, type TestPeer, tiny } from '../pod/pod-world.ts';
import { budgetHolds, checks, nothingIsReserved } from './checks.ts';
import { Spending } from './spending.ts';

export interface Simulated {
  readonly seed: number;
  readonly peers: number;
  readonly answers: number;
  readonly faults: readonly string[];
  readonly takeovers: number;
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
  const run = await Disturbed.create(seed, random, size, asked.length);
  try {
    const answers = await run.answer(asked.map(index => requests[index]!));
    answers.forEach((tokens, index) => {
      if (tokens.join() !== expected[index]!.join()) {
        throw new Error(`answer ${index} is ${tokens.join()} instead of ${expected[index]!.join()}`);
      }
    });
    await run.heal();
    const { faults, takeovers, house, spending } = run;
    const { answers: paid, crashes } = spending;
    const ms = house.clock.now();
    return { seed, peers: size, answers: asked.length, faults, takeovers, paid, crashes, ms };
  } catch (cause) {
    throw new Error(`Seed ${seed} with ${size} peers, after ${run.faults.join(', ')}: ${cause}`, { cause });
  } finally {
    await run.close();
  }
}

const below = (random: Random, limit: number): number => Math.floor(random.next() * limit);

class Disturbed {
  readonly house: PodWorld;
  readonly faults: string[] = [];
  readonly spending: Spending;
  takeovers = 0;
  readonly #random: Random;
  readonly #peers: TestPeer[];
  /** The first ones, which stay: nobody gets an answer that is not there. */
  readonly #requesters: number;
  /** What undoes the faults that last. */
  readonly #repairs = new Set<() => unknown>();

  private constructor(
    house: PodWorld,
    random: Random,
    peers: TestPeer[],
    requesters: number,
    spending: Spending,
  ) {
    this.house = house;
    this.spending = spending;
    this.#random = random;
    this.#peers = peers;
    this.#requesters = requesters;
  }

  static async create(seed: number, random: Random, size: number, requesters: number): Promise<Disturbed> {
    const house = await podWorld(seed);
    const peers: TestPeer[] = [];
    for (let index = 0; index < size; index++) {
      peers.push(await house.peer(`peer-${index}`, undefined, { source: inMemory }));
    }
    await house.together(tiny, ...peers);
    const spending = await Spending.begin(seed, house, peers);
    house.world.latency(1 + below(random, 30), below(random, 20));
    return new Disturbed(house, random, peers, requesters, spending);
  }

  /** Disturbs the pod until all are answered. */
  async answer(asked: readonly GenerateRequest[]): Promise<number[][]> {
    const { clock } = this.house;
    let waiting = asked.length;
    const answering = asked.map(async (request, index) => {
      const answer = await answerOf(this.#peers[index]!, request).finally(() => {
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
      this.#restart,
      this.#restart,
    ];
    await kinds[below(this.#random, kinds.length)]!.call(this);
  }

  #any(from = 0): TestPeer {
    return this.#peers[from + below(this.#random, this.#peers.length - from)]!;
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

  /** A peer is killed; another that has its place comes a little later and has forgotten everything. */
  async #restart(): Promise<void> {
    const index = this.#requesters + below(this.#random, this.#peers.length - this.#requesters);
    const victim = this.#peers[index]!;
    this.faults.push(`restart ${victim.id}`);
    this.house.world.kill(victim.id);
    this.house.world.thaw(victim.id);
    await settle();
    const name = `${victim.id}-again`;
    if (this.#peers.some(peer => peer.id === name)) return;
    const next = await this.house.peer(name, undefined, { source: inMemory });
    this.#peers[index] = next;
    const link = await this.#peers[0]!.pod.invite('https://example.org/');
    const join = async (): Promise<void> => {
      await next.pod.join(link).catch(() => this.#later(2_000, () => void join()));
    };
    this.#later(below(this.#random, 5_000), () => void join());
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
