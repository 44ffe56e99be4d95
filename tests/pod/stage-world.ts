/** Stages and requesters without a plan: the test says who holds which layers. Real engines, links and sessions. */
import type { PeerId, SessionId } from '../../src/base/brand.ts';
import { MiB } from '../../src/base/bytes.ts';
import { TabmeshError } from '../../src/base/error.ts';
import { seededRandom } from '../../src/base/random.ts';
import { createCpuEngine } from '../../src/engine/cpu/cpu-engine.ts';
import { createLastingEngine, type LastingEngine } from '../../src/engine/lasting-engine.ts';
import { greedy, type Head } from '../../src/engine/stage.ts';
import { createModelLibrary } from '../../src/model/library.ts';
import type { LayerRange, Model } from '../../src/model/model.ts';
import { createMemoryWorld } from '../../src/network/memory-network.ts';
import type { Network } from '../../src/network/network.ts';
import type { ChainHop } from '../../src/pod/chain.ts';
import { Giving } from '../../src/pod/giving.ts';
import { Holdings } from '../../src/pod/holdings.ts';
import { Links, type Message } from '../../src/pod/links.ts';
import { ReplayRoom } from '../../src/pod/replay-log.ts';
import { Run } from '../../src/pod/run.ts';
import { SpeedMeter } from '../../src/pod/speed.ts';
import { StageService } from '../../src/pod/stage-service.ts';
import type { Taken } from '../../src/pod/takeover.ts';
import { createMemoryStore } from '../../src/store/memory-store.ts';
import { ManualClock, settle } from './manual-clock.ts';
import { sourceOf, tiny } from './pod-world.ts';

export interface StagePeer {
  readonly id: PeerId;
  /** Rows that were computed here. */
  readonly work: { rows: number };
  readonly service: StageService;
  /** Of every frame that came: what it was. */
  readonly heard: { readonly from: PeerId; readonly message: Message }[];
}

export class StageWorld {
  readonly clock = new ManualClock();
  readonly network = createMemoryWorld({ clock: this.clock, random: seededRandom(1) });
  readonly peers = new Map<PeerId, StagePeer>();
  readonly gone = new Set<PeerId>();
  readonly taken: Taken[] = [];
  readonly #engine: LastingEngine;
  readonly #ends: (() => unknown)[] = [];
  readonly #drops: { id: PeerId; drop: (peer: PeerId, left: boolean) => void }[] = [];
  readonly model: Model;
  readonly head: Head;
  run!: Run;

  private constructor(engine: LastingEngine, model: Model, head: Head) {
    this.#engine = engine;
    this.model = model;
    this.head = head;
  }

  static async create(): Promise<StageWorld> {
    const engine = await createLastingEngine(async () => createCpuEngine(), new ManualClock());
    const library = createModelLibrary({ store: createMemoryStore(), resolve: () => source });
    const source = await sourceOf(tiny);
    const { model } = await library.open(tiny);
    const { read } = await library.loader(tiny);
    return new StageWorld(engine, model, await engine.head(model, read));
  }

  /** A peer that holds these layers, for good. */
  async peer(name: string, layers?: LayerRange): Promise<StagePeer> {
    const network = this.network.join(name);
    const work = { rows: 0 };
    const heard: StagePeer['heard'] = [];
    const isMember = (peer: PeerId) => !this.gone.has(peer);
    const source = await sourceOf(tiny);
    const library = createModelLibrary({ store: createMemoryStore(), resolve: () => source });
    const { model } = await library.open(tiny);
    const holdings = new Holdings({
      engine: counting(this.#engine, work),
      library,
      clock: this.clock,
      meter: new SpeedMeter(),
      cacheBytes: () => 0,
      onChange() {},
    });
    if (layers) {
      holdings.want([{ model, layers, standbys: [], othersReady: false }], 64 * MiB);
      while (holdings.holds().length === 0) await settle();
    }
    const send = (to: PeerId, message: Message) => links.send(to, message);
    const room = new ReplayRoom();
    const service = new StageService({
      holdings,
      clock: this.clock,
      giving: new Giving(network.self, this.clock),
      self: network.self,
      isMember,
      memoryBytes: () => 64 * MiB,
      room,
      send,
    });
    const drop = (peer: PeerId, left: boolean) => {
      service.drop(peer, left);
      const reason = new TabmeshError('lost', 'pod', 'It is gone.');
      if (this.run?.session && network.self === this.requester) this.run.drop(peer, reason, left);
    };
    const links = new Links({
      network,
      clock: this.clock,
      isMember,
      expectsRows: (from, session, hop) =>
        (network.self === this.requester &&
          this.run?.session === session &&
          this.run.expectsRows(from, hop)) ||
        service.expectsRows(from, session, hop),
      onMessage: (from, message) => {
        heard.push({ from, message });
        if (network.self === this.requester && isForRun(message, this.run)) this.run.handle(from, message);
        else service.handle(from, message);
      },
      onBroken: peer => drop(peer, false),
      onGarbage: () => {},
    });
    for (const other of this.peers.keys()) await network.connect([`/memory/${other}/p2p/${other}`]);
    const made = { id: network.self, work, service, heard };
    this.peers.set(network.self, made);
    this.#drops.push({ id: network.self, drop });
    this.#sends.set(network.self, send);
    this.#networks.set(network.self, network);
    this.#ends.push(
      () => service.close(),
      () => links.close(),
      () => holdings.clear(),
    );
    return made;
  }

  readonly #networks = new Map<PeerId, Network>();
  readonly #sends = new Map<PeerId, (to: PeerId, message: Message) => void>();
  requester: PeerId | undefined;

  /** Who may take over, in this order. */
  begin(
    requester: StagePeer,
    chain: readonly ChainHop[],
    standbys: readonly ChainHop[],
    capacity = 256,
  ): Run {
    this.requester = requester.id;
    this.run = new Run({
      session: '00112233445566778899aabbccddeeff' as SessionId,
      self: requester.id,
      model: tiny,
      width: this.model.hyper.width,
      capacity,
      chain,
      clock: this.clock,
      room: new ReplayRoom(),
      send: this.#sends.get(requester.id)!,
      standby: (hop, not) =>
        standbys.find(each => each.first === hop.first && each.last === hop.last && !not.has(each.peer))
          ?.peer,
    });
    this.run.onTaken = taken => this.taken.push(...taken);
    return this.run;
  }

  /** As pods do when a connection of two members broke. */
  async reconnect(a: PeerId, b: PeerId): Promise<void> {
    // It may break once more meanwhile.
    await this.#networks
      .get(a)!
      .connect([`/memory/${b}/p2p/${b}`])
      .catch(() => {});
  }

  /** It is gone, and the others learn so by and by: their connections first, then that it is a member no more. */
  kill(peer: PeerId): void {
    this.gone.add(peer);
    this.network.kill(peer);
    for (const { id, drop } of this.#drops) if (!this.gone.has(id)) drop(peer, true);
  }

  /** Greedy tokens after `prompt`, in chunks of `chunkRows`; `at` is told how many there are. */
  async answer(
    prompt: readonly number[],
    count: number,
    at = (_count: number) => {},
    chunkRows = 5,
  ): Promise<number[]> {
    const { run, head } = this;
    if (run.length === 0) await run.open();
    const tokens = [...prompt];
    let row: Float32Array = new Float32Array();
    const chunks: Promise<Float32Array>[] = [];
    for (let from = 0; from < prompt.length; from += chunkRows) {
      const chunk = prompt.slice(from, from + chunkRows);
      chunks.push(run.feed(chunk.length, await head.embed(chunk)));
      at(0);
    }
    for (const chunk of chunks) row = await chunk;
    while (tokens.length < prompt.length + count) {
      const { token } = await head.next(row, greedy, tokens.length);
      tokens.push(token);
      at(tokens.length - prompt.length);
      row = await run.feed(1, await head.embed([token]));
    }
    return tokens.slice(prompt.length);
  }

  async close(): Promise<void> {
    this.run?.close();
    await settle();
    for (const end of this.#ends) await end();
    await this.#engine.close();
  }
}

const isForRun = (message: Message, run: Run | undefined): boolean =>
  run?.session === message.session &&
  !['open', 'rest', 'close', 'listen', 'replay'].some(body => body in message) &&
  (!('chunk' in message) || message.hop === run.returnHop);

function counting(engine: LastingEngine, work: { rows: number }): LastingEngine {
  return {
    device: engine.device,
    lost: engine.lost,
    head: (...args) => engine.head(...args),
    close: () => engine.close(),
    async stage(...args) {
      const stage = await engine.stage(...args);
      return {
        layers: stage.layers,
        weightBytes: stage.weightBytes,
        forward(rows, hidden) {
          for (const { count } of rows) work.rows += count;
          return stage.forward(rows, hidden);
        },
        rewind: (...each) => stage.rewind(...each),
        open: (...each) => stage.open(...each),
        close: id => stage.close(id),
        dispose: () => stage.dispose(),
      };
    },
  };
}
