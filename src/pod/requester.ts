import type { PeerId, SessionId } from '../base/brand.ts';
import { toHex } from '../base/bytes.ts';
import type { Clock } from '../base/clock.ts';
import { isKind, TabmeshError, toError } from '../base/error.ts';
import {
  chunksInFlightMax,
  handshakeMs,
  planContextPositions,
  prefillRows,
  sessionRoomPositions,
  takeoversMax,
} from '../base/limits.ts';
import type { Random } from '../base/random.ts';
import type { Head } from '../engine/stage.ts';
import type { ModelLibrary } from '../model/library.ts';
import type { Model } from '../model/model.ts';
import type { ChainHop } from './chain.ts';
import { checkRequest } from './check-request.ts';
import type { Message } from './links.ts';
import type { GenerateEvent, GenerateRequest } from './pod.ts';
import { type ReadinessOptions, servedIn, untilChain, untilHead, untilPlanned } from './readiness.ts';
import { Run } from './run.ts';
import { peersStep, routeOf, takeoverStep } from './steps.ts';

export interface RequesterOptions extends ReadinessOptions {
  readonly self: PeerId;
  readonly random: Random;
  readonly library: ModelLibrary;
  readonly send: (to: PeerId, message: Message) => void;
}

interface Answer {
  readonly request: GenerateRequest;
  readonly model: Model;
  /** The prompt and what was generated: all that another chain needs to go on. */
  readonly tokens: number[];
  readonly avoid: Set<PeerId>;
  produced: number;
  takeovers: number;
}

const pauseMs = 250;
const pauseMsMax = 5_000;
/** Other answers may end soon and give room, but nobody wants to wait for it long. */
const fullTriesMax = 3;

/** The requester's side: tokens in, tokens out, and in between whatever chain of stages there is. */
export class Requester {
  readonly #options: RequesterOptions;
  readonly #runs = new Map<SessionId, Run>();
  readonly #closing = new AbortController();

  constructor(options: RequesterOptions) {
    this.#options = options;
  }

  expectsRows(from: PeerId, session: SessionId, hop: number): boolean {
    return this.#runs.get(session)?.expectsRows(from, hop) ?? false;
  }

  /** True where the message was for an answer of ours. */
  handle(from: PeerId, message: Message): boolean {
    const run = this.#runs.get(message.session);
    if (!run || 'open' in message || 'close' in message) return false;
    if ('chunk' in message && message.hop !== run.returnHop) return false;
    run.handle(from, message);
    return true;
  }

  /** A peer left, or what was under way with it is lost. */
  drop(peer: PeerId, reason: TabmeshError): void {
    for (const run of this.#runs.values()) if (run.uses(peer)) run.fail(reason, peer);
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
    yield* this.#answer({ request, model, tokens, avoid: new Set(), produced: 0, takeovers: 0 }, signal);
  }

  /** Over one chain after the other, until the answer is whole. */
  async *#answer(answer: Answer, signal: AbortSignal): AsyncGenerator<GenerateEvent, void, void> {
    let producedBefore = 0;
    let barren = 0;
    for (;;) {
      const { head, release } = yield* untilHead(this.#options, answer.model, signal);
      let run: Run | undefined;
      try {
        const patienceMs = answer.takeovers > 0 ? handshakeMs : 0;
        const chain = yield* untilChain(this.#options, answer.model, answer.avoid, patienceMs, signal);
        run = this.#run(answer, chain);
        const reason = yield* this.#follow(answer, head, chain, run, signal);
        if (reason) {
          yield { kind: 'end', reason };
          return;
        }
      } catch (error) {
        // The head lies on this peer's own device.
        if (!run?.failure && isKind(error, 'lost')) run?.fail(toError(error, 'pod'), this.#options.self);
        if (!run?.failure) throw error;
        const { failure, culprit, confessed } = run;
        const hopeless = failure.kind === 'full' && barren >= fullTriesMax;
        if (signal.aborted || hopeless || answer.takeovers === takeoversMax) throw error;
        answer.takeovers += 1;
        if (culprit) answer.avoid.add(culprit);
        yield { kind: 'step', step: takeoverStep({ failure, culprit, confessed }, this.#options.self) };
      } finally {
        release();
        if (run) this.#end(run);
      }
      // The first new chain is tried at once; one that gave no token is no reason to hurry.
      barren = answer.produced > producedBefore ? 0 : barren + 1;
      producedBefore = answer.produced;
      if (barren > 0) await pause(this.#options.clock, Math.min(pauseMs * 2 ** barren, pauseMsMax), signal);
    }
  }

  #run(answer: Answer, chain: ChainHop[]): Run {
    const { self, clock, random, send } = this.#options;
    const { request, model, tokens } = answer;
    const session = toHex(random.bytes(16)) as SessionId;
    const most = Math.min(model.hyper.context, tokens.length + request.maxTokens - answer.produced);
    const capacity = Math.min(most, Math.max(planContextPositions, tokens.length + sessionRoomPositions));
    const { width } = model.hyper;
    const run = new Run({ session, self, model: model.id, width, capacity, chain, clock, send });
    this.#runs.set(session, run);
    return run;
  }

  #end(run: Run): void {
    run.close();
    this.#runs.delete(run.session);
  }

  /** Answers why it ended, or undefined where it goes on in a larger session. */
  async *#follow(
    answer: Answer,
    head: Head,
    chain: readonly ChainHop[],
    run: Run,
    signal: AbortSignal,
  ): AsyncGenerator<GenerateEvent, 'stop' | 'length' | undefined, void> {
    const { request, model, tokens } = answer;
    const callStep = peersStep(chain, this.#options.self);
    if (callStep) yield { kind: 'step', step: callStep };
    await run.open(signal);
    yield { kind: 'route', hops: routeOf(chain, this.#options.state.peek()) };
    let row = yield* this.#prefill(tokens, head, run, signal);
    for (;;) {
      const token = await head.next(row, request.sampling, tokens.length);
      signal.throwIfAborted();
      if (request.endTokens.has(token)) return 'stop';
      tokens.push(token);
      answer.produced += 1;
      yield { kind: 'token', token };
      if (answer.produced >= request.maxTokens || tokens.length >= model.hyper.context) return 'length';
      if (tokens.length > run.capacity) return undefined;
      row = await run.feed(tokens.length - 1, 1, await head.embed([token]), signal);
    }
  }

  /** Several chunks are under way at once, so that all stages have work. Answers the last row. */
  async *#prefill(
    tokens: readonly number[],
    head: Head,
    run: Run,
    signal: AbortSignal,
  ): AsyncGenerator<GenerateEvent, Float32Array, void> {
    const total = tokens.length;
    const text = 'Reading the prompt';
    const underway: { row: Promise<Float32Array>; end: number }[] = [];
    for (let position = 0; ; ) {
      while (position < total && underway.length < chunksInFlightMax) {
        const chunk = tokens.slice(position, position + prefillRows);
        const row = run.feed(position, chunk.length, await head.embed(chunk), signal);
        row.catch(() => {});
        position += chunk.length;
        underway.push({ row, end: position });
      }
      const { row, end } = underway.shift()!;
      const last = await row;
      yield { kind: 'step', step: { name: 'prefill', text, done: end, total, unit: 'tokens' } };
      if (end === total) return last;
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
