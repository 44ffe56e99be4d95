/** Whole peers in one process: real engines, real models and the memory network; only time and chance are ours. */
import { openAsBlob, readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { ModelId, PeerId, SessionId } from '../../src/base/brand.ts';
import { MiB } from '../../src/base/bytes.ts';
import type { Clock } from '../../src/base/clock.ts';
import { TabmeshError } from '../../src/base/error.ts';
import { type Live, LiveValue, until } from '../../src/base/live.ts';
import { seededRandom } from '../../src/base/random.ts';
import { createCpuEngine } from '../../src/engine/cpu/cpu-engine.ts';
import type { Engine } from '../../src/engine/engine.ts';
import {
  createLastingEngine,
  type LastingEngine,
  type StartEngine,
} from '../../src/engine/lasting-engine.ts';
import { greedy, type Stage } from '../../src/engine/stage.ts';
import { blobSource } from '../../src/model/blob-source.ts';
import { createModelLibrary, type ModelLibrary } from '../../src/model/library.ts';
import type { ByteSource } from '../../src/model/source.ts';
import { createMemoryWorld, type MemoryWorld } from '../../src/network/memory-network.ts';
import type { Network } from '../../src/network/network.ts';
import { createPod, type PodParts } from '../../src/pod/create-pod.ts';
import type { FindDraft } from '../../src/pod/draft-models.ts';
import type { GivingLimits } from '../../src/pod/giving.ts';
import type { Spread } from '../../src/pod/plan.ts';
import type { GenerateEvent, GenerateRequest, InviteOptions, Pod, PodState } from '../../src/pod/pod.ts';
import { createMemoryStore } from '../../src/store/memory-store.ts';
import type { Store } from '../../src/store/store.ts';
import { ManualClock } from './manual-clock.ts';
import { documentsOf } from './test-documents.ts';

export const tiny = 'tiny-qwen3-q4_k_m' as ModelId;
/** With layers that cannot go back far. */
export const recurrent = 'tiny-qwen35-f32' as ModelId;
export const guide = 'guide' as ModelId;
/** As a person drops one. */
export const file = 'file:notes.gguf:1' as ModelId;

/** One of each file in tests/fixtures. */
export const fixtures = readdirSync(fileURLToPath(new URL('../fixtures', import.meta.url)))
  .filter(name => name.endsWith('.gguf'))
  .map(name => name.slice(0, -5) as ModelId);

const files: Record<string, string> = {
  ...Object.fromEntries(fixtures.map(id => [id, `../fixtures/${id}.gguf`])),
  [file]: '../fixtures/tiny-qwen3-q4_k_m.gguf',
  [guide]: '../../public/models/guide.gguf',
};

export async function sourceOf(id: ModelId): Promise<ByteSource> {
  return blobSource(await openAsBlob(fileURLToPath(new URL(files[id]!, import.meta.url))), id, id);
}

/** An invite for all who come, as long as a test lasts. */
export const anybody: InviteOptions = { uses: 100, expiresInMs: 0 };

export interface TestPeer {
  readonly id: PeerId;
  readonly network: Network;
  readonly library: ModelLibrary;
  readonly pod: Pod & { close(): Promise<void> };
  readonly engine: LastingEngine;
  readonly store: Store;
  readonly memory: LiveValue<number>;
  /** Sessions that are open on this peer's engine now. */
  readonly sessions: Set<string>;
  /** Rows that this peer's engine has computed, all stages together. */
  readonly work: { rows: number };
  state(): PodState;
}

/** What goes wrong at a peer. */
export interface Faults {
  /** Takes the place of the source of every model. */
  readonly source?: (real: ByteSource) => ByteSource;
  /** Takes the place of the exact CPU engine. */
  readonly start?: StartEngine;
  /** What it had stored when it was here before. */
  readonly store?: Store;
  /** Takes the place of the clock of the world. */
  readonly clock?: Clock;
  /** Takes the place of what is drafted from the text. */
  readonly drafting?: NonNullable<PodParts['drafting']>;
  /** Finds what drafts beside the text. */
  readonly findDraft?: FindDraft;
  /** Lets it measure itself, as peers of people do. */
  readonly measures?: boolean;
  /** Whether its tab has been hidden for long. */
  readonly hidden?: Live<boolean>;
  /** What its person lets it give. */
  readonly limits?: Live<GivingLimits>;
  /** Takes the place of the peer's own end of the network. */
  readonly network?: (real: Network) => Network;
}

export interface PodWorld {
  readonly clock: ManualClock;
  readonly world: MemoryWorld;
  readonly peers: TestPeer[];
  peer(name: string, memoryBytes?: number, faults?: Faults): Promise<TestPeer>;
  /** The first creates the pod and invites the others; resolves when all see all and the plan of `model` is held. */
  together(model: ModelId, ...peers: TestPeer[]): Promise<string>;
  close(): Promise<void>;
}

/** `wide`, so that a model of 200 KB has several stages. */
export async function podWorld(seed = 1, spread: Spread = 'wide'): Promise<PodWorld> {
  const clock = new ManualClock();
  const random = seededRandom(seed);
  const world = createMemoryWorld({ clock, random });
  const peers: TestPeer[] = [];
  return {
    clock,
    world,
    peers,
    async peer(name, memoryBytes = 64 * MiB, faults = {}) {
      const made = await createPeer(
        (faults.network ?? (real => real))(world.join(name)),
        faults.clock ?? clock,
        () => clock.date(),
        seed + peers.length,
        memoryBytes,
        faults,
      );
      peers.push(made);
      return made;
    },
    async together(model, ...all) {
      const [first, ...others] = all;
      await first!.pod.create('Test pod');
      await first!.pod.setSpread(spread);
      await first!.pod.serve(model, model);
      const link = await first!.pod.invite('https://example.org/', anybody);
      for (const other of others) await other.pod.join(link);
      await Promise.all(all.map(peer => membersSeen(peer, all.length)));
      await Promise.all(all.map(peer => planHeld(peer, model)));
      return link;
    },
    async close() {
      await Promise.all(peers.map(peer => peer.pod.close()));
      await Promise.all(peers.map(peer => peer.engine.close()));
    },
  };
}

async function createPeer(
  network: Network,
  clock: Clock,
  date: () => number,
  seed: number,
  memoryBytes: number,
  {
    source = real => real,
    start = async () => createCpuEngine(),
    drafting,
    findDraft,
    measures,
    hidden,
    limits,
    store = createMemoryStore(),
  }: Faults,
): Promise<TestPeer> {
  const sources = new Map<string, ByteSource>();
  for (const id of Object.keys(files)) sources.set(id, source(await sourceOf(id as ModelId)));
  const library = createModelLibrary({
    store: createMemoryStore(),
    resolve: id => {
      const known = sources.get(id);
      if (!known) throw new TabmeshError('not-found', 'peer', `The model ${id} is not on this peer.`);
      return known;
    },
    clock,
  });
  const sessions = new Set<string>();
  const work = { rows: 0 };
  const counted: StartEngine = async (...choice) => counting(await start(...choice), sessions, work);
  const engine = await createLastingEngine(counted, clock);
  const memory = new LiveValue(memoryBytes);
  const random = seededRandom(seed);
  const pod = createPod({
    network,
    engine,
    library,
    clock,
    random,
    memoryBytes: memory,
    ...(drafting ? { drafting } : {}),
    ...(findDraft ? { findDraft } : {}),
    ...(measures ? { measures } : {}),
    ...(hidden ? { hidden } : {}),
    ...(limits ? { limits } : {}),
    documents: documentsOf(network.self, store, date),
  });
  return {
    id: network.self,
    network,
    library,
    pod,
    engine,
    store,
    memory,
    sessions,
    work,
    state: () => pod.state.peek(),
  };
}

/** The same engine; every open session is in `open`, and what it computes is in `work`. */
function counting(engine: Engine, open: Set<string>, work: { rows: number }): Engine {
  let stages = 0;
  const counted = (stage: Stage): Stage => {
    const nth = stages++;
    const name = (session: SessionId) => `${nth}/${session}`;
    return {
      layers: stage.layers,
      weightBytes: stage.weightBytes,
      forward(rows, hidden) {
        for (const { count } of rows) work.rows += count;
        return stage.forward(rows, hidden);
      },
      rewind: (session, length) => stage.rewind(session, length),
      async open(session, capacity) {
        await stage.open(session, capacity);
        open.add(name(session));
      },
      async close(session) {
        await stage.close(session);
        open.delete(name(session));
      },
      async dispose() {
        await stage.dispose();
        for (const each of [...open]) if (each.startsWith(`${nth}/`)) open.delete(each);
      },
    };
  };
  return {
    device: engine.device,
    lost: engine.lost,
    head: (model, read, signal) => engine.head(model, read, signal),
    stage: async (model, layers, read, signal) => counted(await engine.stage(model, layers, read, signal)),
    memory: () => engine.memory(),
    close: () => engine.close(),
  };
}

export const when = (peer: TestPeer, wanted: (state: PodState) => boolean) => until(peer.pod.state, wanted);

export const membersSeen = (peer: TestPeer, count: number) =>
  when(peer, state => state.members.length === count);

/** Who is in the pod, as this peer sees it. */
export const names = (peer: TestPeer) =>
  peer
    .state()
    .members.map(member => member.id)
    .sort();

/** Every peer holds exactly what the plan gives it. */
export const planHeld = (peer: TestPeer, model: ModelId) =>
  when(peer, state => {
    const plan = state.models.find(each => each.id === model)?.plan;
    return (
      plan?.assignments.every(({ peer: id, first, last }) =>
        state.members
          .find(member => member.id === id)
          ?.holds.some(
            held => held.model === model && held.layers.first === first && held.layers.last === last,
          ),
      ) ?? false
    );
  });

export const ask = (more: Partial<GenerateRequest> = {}): GenerateRequest => ({
  model: tiny,
  prompt: [159, 12, 77, 301, 5, 44, 210, 8],
  maxTokens: 16,
  sampling: greedy,
  endTokens: new Set(),
  ...more,
});

export interface Answer {
  readonly tokens: number[];
  readonly events: GenerateEvent[];
}

/** Takes the answer to its end; `at` is told how many tokens there are after each. */
export async function answerOf(
  peer: TestPeer,
  request: GenerateRequest,
  options: { signal?: AbortSignal; at?: (count: number) => unknown } = {},
): Promise<Answer> {
  const answer: Answer = { tokens: [], events: [] };
  for await (const event of peer.pod.generate(request, options.signal)) {
    answer.events.push(event);
    if (event.kind !== 'token') continue;
    answer.tokens.push(event.token);
    options.at?.(answer.tokens.length);
  }
  return answer;
}

/** How much of the prompt was there already, once for each chain that the answer took. */
export const cached = ({ events }: Answer) =>
  events.flatMap(event => (event.kind === 'route' ? [event.cached] : []));

export const takeovers = ({ events }: Answer) =>
  events.flatMap(event => (event.kind === 'step' && event.step.name === 'takeover' ? [event.step.text] : []));

export const routes = ({ events }: Answer) =>
  events.flatMap(event =>
    event.kind === 'route' ? [event.hops.map(hop => `${hop.peer} ${hop.first}-${hop.last}`)] : [],
  );

/** What a promise rejects with. */
export const failure = (promise: Promise<unknown>) =>
  promise.then(
    () => undefined,
    (error: unknown) => error,
  );
