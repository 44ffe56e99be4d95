import type { PeerId, SessionId } from '../base/brand.ts';
import { toHex } from '../base/bytes.ts';
import type { Clock } from '../base/clock.ts';
import { type ErrorKind, isKind, TabmeshError, toError } from '../base/error.ts';
import {
  chunksInFlightMax,
  contextPositionsMax,
  handshakeMs,
  planContextPositions,
  prefillRows,
  sessionRoomPositions,
  takeoversMax,
} from '../base/limits.ts';
import type { Random } from '../base/random.ts';
import type { Drawn, Head } from '../engine/stage.ts';
import type { ModelLibrary } from '../model/library.ts';
import type { Model } from '../model/model.ts';
import { type ChainHop, chooseStandby } from './chain.ts';
import { checkRequest } from './check-request.ts';
import type { DraftPolicy } from './draft-policy.ts';
import type { Drafter } from './drafter.ts';
import type { Message } from './links.ts';
import { News } from './news.ts';
import type { GenerateEvent, GenerateRequest } from './pod.ts';
import { type ReadinessOptions, servedIn, untilChain, untilHead, untilPlanned } from './readiness.ts';
import type { ReplayRoom } from './replay-log.ts';
import type { Run } from './run.ts';
import { Runs } from './runs.ts';
import { type Drafting, measuredDrafting, Speculation } from './speculation.ts';
import { peersStep, routeOf, takenStep, takeoverStep } from './steps.ts';
import type { Taken } from './takeover.ts';

export interface RequesterOptions extends ReadinessOptions {
  readonly self: PeerId;
  readonly random: Random;
  readonly library: ModelLibrary;
  readonly room: ReplayRoom;
  readonly send: (to: PeerId, message: Message) => void;
  /** For each answer; without it, what is measured decides. `model` drafts where there is one. */
  readonly drafting?: ((model: Drafter | undefined) => Drafting) | undefined;
  /** What drafts beside the text itself, for one answer over one chain. */
  readonly modelDrafter?: ((request: GenerateRequest, run: Run) => Drafter | undefined) | undefined;
}

interface Answer {
  readonly request: GenerateRequest;
  readonly model: Model;
  /** The prompt and what was generated: all that another chain needs to go on. */
  readonly tokens: number[];
  readonly avoid: Set<PeerId>;
  /** What is told while the stages compute. */
  readonly news: News<GenerateEvent>;
  produced: number;
  takeovers: number;
}

const pauseMs = 250;
const pauseMsMax = 5_000;
/** Other answers may end soon and give room, but nobody wants to wait for it long. */
const fullTriesMax = 3;

/** A stage needed the room of what rested, heard nothing of it for long, or has layers that cannot go back so far. */
const endsOfRest: readonly ErrorKind[] = ['full', 'timeout', 'unsupported'];

/** The requester's side: tokens in, tokens out, and in between whatever chain of stages there is. */
export class Requester {
  readonly #options: RequesterOptions;
  readonly #runs = new Runs();
  readonly #closing = new AbortController();

  constructor(options: RequesterOptions) {
    this.#options = options;
  }

  expectsRows(from: PeerId, session: SessionId, hop: number): boolean {
    return this.#runs.expectsRows(from, session, hop);
  }

  /** True where the message was for an answer of ours. */
  handle(from: PeerId, message: Message): boolean {
    return this.#runs.handle(from, message);
  }

  /** A peer left, or where `left` is false what was under way with it is lost. */
  drop(peer: PeerId, reason: TabmeshError, left: boolean): void {
    this.#runs.drop(peer, reason, left);
  }

  close(): void {
    this.#closing.abort(new TabmeshError('cancelled', 'pod', 'This peer was stopped.'));
  }

  async *generate(request: GenerateRequest, given?: AbortSignal): AsyncGenerator<GenerateEvent, void, void> {
    const signal = given ? AbortSignal.any([given, this.#closing.signal]) : this.#closing.signal;
    try {
      yield* this.#generate(request, signal);
    } catch (error) {
      if (!signal.aborted) throw toError(error, 'pod');
      const { reason } = signal;
      throw reason instanceof TabmeshError || reason?.name === 'TimeoutError'
        ? toError(reason, 'pod')
        : new TabmeshError('cancelled', 'pod', 'The answer was stopped.', { cause: reason });
    }
  }

  async *#generate(request: GenerateRequest, signal: AbortSignal): AsyncGenerator<GenerateEvent, void, void> {
    const { library, state } = this.#options;
    signal.throwIfAborted();
    servedIn(state.peek(), request.model);
    const { model } = await library.open(request.model, signal);
    checkRequest(request, model);
    await untilPlanned(this.#options, model, signal);
    const tokens = [...request.prompt];
    const news = new News<GenerateEvent>();
    yield* this.#answer(
      { request, model, tokens, avoid: new Set(), news, produced: 0, takeovers: 0 },
      signal,
    );
  }

  /** Over one chain after the other, until the answer is whole. */
  async *#answer(answer: Answer, signal: AbortSignal): AsyncGenerator<GenerateEvent, void, void> {
    const { model, tokens } = answer;
    let producedBefore = 0;
    let barren = 0;
    let roomy = true;
    for (let first = true; ; first = false) {
      const { head, release } = yield* untilHead(this.#options, model, signal);
      let run: Run | undefined;
      let resumed: Run | undefined;
      let outgrown = false;
      try {
        const patienceMs = answer.takeovers > 0 ? handshakeMs : 0;
        const chain = yield* untilChain(this.#options, model, answer.avoid, patienceMs, signal);
        if (first) resumed = this.#runs.resume(model, chain, tokens);
        run = resumed ?? this.#begin(answer, chain, roomy);
        const reason = yield* this.#follow(answer, head, run, signal);
        if (reason) {
          yield { kind: 'end', reason };
          return;
        }
        outgrown = true;
      } catch (error) {
        // The head lies on this peer's own device.
        if (!run?.failure && isKind(error, 'lost')) run?.fail(toError(error, 'pod'), this.#options.self);
        if (!run?.failure || signal.aborted) throw error;
        const { failure, culprit, confessed } = run;
        const hoped = resumed ? endsOfRest.includes(failure.kind) : roomy && failure.kind === 'full';
        if (!resumed && hoped) roomy = false;
        // A stage ended what rested, or has no room for a next turn: nothing that anybody need know.
        if (hoped && answer.produced === producedBefore) continue;
        const hopeless = failure.kind === 'full' && barren >= fullTriesMax;
        if (hopeless || answer.takeovers === takeoversMax) throw error;
        answer.takeovers += 1;
        if (culprit) answer.avoid.add(culprit);
        yield { kind: 'step', step: takeoverStep({ failure, culprit, confessed }, this.#options.self) };
      } finally {
        release();
        if (run && outgrown) this.#runs.end(run);
        else if (run) this.#runs.rest(run, model, tokens);
      }
      // The first new chain is tried at once; one that gave no token is no reason to hurry.
      barren = answer.produced > producedBefore ? 0 : barren + 1;
      producedBefore = answer.produced;
      if (barren > 0) await pause(this.#options.clock, Math.min(pauseMs * 2 ** barren, pauseMsMax), signal);
    }
  }

  /** A roomy session takes the next turn, too; it grows in steps, so that a long conversation moves seldom. */
  #begin({ request, model, tokens, produced }: Answer, chain: readonly ChainHop[], roomy: boolean): Run {
    const { self, clock, random, state, send } = this.#options;
    const context = Math.min(model.hyper.context, contextPositionsMax);
    const end = tokens.length + request.maxTokens - produced;
    const room = tokens.length + sessionRoomPositions;
    const step = Math.ceil(room / planContextPositions) * planContextPositions;
    const capacity = Math.min(
      context,
      roomy ? Math.min(end + sessionRoomPositions, step) : Math.min(end, room),
    );
    const session = toHex(random.bytes(16)) as SessionId;
    const { width } = model.hyper;
    const standby = (hop: ChainHop, not: ReadonlySet<PeerId>) =>
      chooseStandby(model.id, hop, run.chain, state.peek().members, not);
    const common = { session, self, model: model.id, width, capacity, chain, clock, send, standby };
    const run = this.#runs.begin({ ...common, room: this.#options.room });
    return run;
  }

  /** Tells who has the layers of whom from now on, and the chain that it makes. */
  #tellTaken({ avoid, news }: Answer, run: Run, taken: readonly Taken[], cached: number): void {
    const { self, state } = this.#options;
    for (const each of taken) {
      if (each.lost.culprit) avoid.add(each.lost.culprit);
      news.add({ kind: 'step', step: takenStep(each, self) });
    }
    news.add({ kind: 'route', hops: routeOf(run.chain, state.peek()), cached });
  }

  /** Answers why it ended, or undefined where it goes on in a larger session. */
  async *#follow(
    answer: Answer,
    head: Head,
    run: Run,
    signal: AbortSignal,
  ): AsyncGenerator<GenerateEvent, 'stop' | 'length' | undefined, void> {
    const { request } = answer;
    const cached = run.length;
    run.onTaken = taken => this.#tellTaken(answer, run, taken, cached);
    if (cached === 0) {
      const callStep = peersStep(run.chain, this.#options.self);
      if (callStep) yield { kind: 'step', step: callStep };
      await run.open(signal);
    }
    yield { kind: 'route', hops: routeOf(run.chain, this.#options.state.peek()), cached };
    const { drafting: begin = measuredDrafting, modelDrafter } = this.#options;
    const drafting = begin(modelDrafter?.(request, run));
    try {
      return yield* this.#draw(answer, head, run, drafting, signal);
    } finally {
      for (const drafter of drafting.drafters) drafter.close?.();
    }
  }

  async *#draw(
    answer: Answer,
    head: Head,
    run: Run,
    drafting: Drafting,
    signal: AbortSignal,
  ): AsyncGenerator<GenerateEvent, 'stop' | 'length' | undefined, void> {
    const { request, model, tokens, news } = answer;
    const { clock } = this.#options;
    const row = yield* this.#prefill(answer, head, run, drafting.policy, signal);
    const speculation = new Speculation({ run, head, request, drafting, clock });
    let drawn = await speculation.draw(row, [], tokens.length, signal);
    const left = new AbortController();
    const until = AbortSignal.any([signal, left.signal]);
    let trip: Promise<Drawn[]> | undefined;
    try {
      for (;;) {
        const told = this.#take(answer, drawn);
        const most = Math.min(request.maxTokens - answer.produced, model.hyper.context - tokens.length);
        const over = drawn.length === 0 || told.length < drawn.length;
        const full = tokens.length > run.capacity;
        // Under way while the last ones are told: what is done with them takes about as long as a short trip.
        trip = over || most <= 0 || full ? undefined : speculation.next(tokens, most, until);
        trip?.catch(() => {});
        for (const each of told) {
          signal.throwIfAborted();
          yield { kind: 'token', ...each };
        }
        if (over) return 'stop';
        if (!trip) return full && most > 0 ? undefined : 'length';
        drawn = yield* news.during(trip);
      }
    } finally {
      // Whoever reads may leave at any token; the run is not to change once it rests.
      left.abort(new TabmeshError('cancelled', 'pod', 'The answer ended.'));
      await trip?.catch(() => {});
    }
  }

  /** Adds what was drawn to the answer, up to its end; answers those that were added. */
  #take(answer: Answer, drawn: readonly Drawn[]): readonly Drawn[] {
    const { request, tokens } = answer;
    const end = drawn.findIndex(({ token }) => request.endTokens.has(token));
    const taken = end < 0 ? drawn : drawn.slice(0, end);
    for (const { token } of taken) {
      request.steering?.accept(token);
      tokens.push(token);
    }
    answer.produced += taken.length;
    return taken;
  }

  /**
   * What the session does not hold yet. Several chunks are under way at once, so that all stages have work. Answers the
   * last row.
   */
  async *#prefill(
    { tokens, news }: Answer,
    head: Head,
    run: Run,
    policy: DraftPolicy,
    signal: AbortSignal,
  ): AsyncGenerator<GenerateEvent, Float32Array, void> {
    const held = run.length;
    const total = tokens.length - held;
    const text = held > 0 ? 'Reading what is new in the prompt' : 'Reading the prompt';
    const underway: { row: Promise<Float32Array>; done: number }[] = [];
    const startedAt = this.#options.clock.now();
    let read = 0;
    for (let sent = 0; ; ) {
      while (sent < total && underway.length < chunksInFlightMax) {
        const chunk = tokens.slice(held + sent, held + sent + prefillRows);
        const row = run.feed(chunk.length, await head.embed(chunk), signal);
        row.catch(() => {});
        sent += chunk.length;
        underway.push({ row, done: sent });
      }
      const { row, done } = underway.shift()!;
      const last = yield* news.during(row);
      // Of the first chunk: those behind it waited for it.
      if (read === 0) policy.readPrompt(done, this.#options.clock.now() - startedAt);
      read = done;
      yield { kind: 'step', step: { name: 'prefill', text, done, total, unit: 'tokens' } };
      if (done === total) return last;
    }
  }
}

function pause(clock: Clock, ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const abort = () => {
      cancel();
      reject(signal.reason);
    };
    const cancel = clock.after(ms, () => {
      signal.removeEventListener('abort', abort);
      resolve();
    });
    signal.addEventListener('abort', abort, { once: true });
  });
}
