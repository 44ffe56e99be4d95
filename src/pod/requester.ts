import type { ModelId, PeerId, SessionId } from '../base/brand.ts';
import { toHex } from '../base/bytes.ts';
import type { Clock } from '../base/clock.ts';
import { within } from '../base/deadline.ts';
import { type ErrorRecord, fromRecord, TabmeshError, toError } from '../base/error.ts';
import {
  chunksInFlightMax,
  handshakeMs,
  planContextPositions,
  prefillRows,
  sessionRoomPositions,
  stageLoadMs,
  takeoversMax,
} from '../base/limits.ts';
import { type Live, LiveValue, until } from '../base/live.ts';
import type { Random } from '../base/random.ts';
import type { Head } from '../engine/stage.ts';
import type { ModelLibrary } from '../model/library.ts';
import type { Model } from '../model/model.ts';
import type { SliceProgress } from '../model/slice-loader.ts';
import { type ChainHop, chooseChain } from './chain.ts';
import type { Heads } from './heads.ts';
import type { Message } from './links.ts';
import type { GenerateEvent, GenerateRequest, PodState } from './pod.ts';
import { Run } from './run.ts';
import { loadStep, peersStep, routeOf, takeoverStep } from './steps.ts';

export interface RequesterOptions {
  readonly self: PeerId;
  readonly clock: Clock;
  readonly random: Random;
  readonly library: ModelLibrary;
  readonly heads: Heads;
  readonly state: Live<PodState>;
  /** Why our own layers do not load, while they do not. */
  readonly loadFailure: () => ErrorRecord | undefined;
  readonly send: (to: PeerId, message: Message) => void;
}

interface Answer {
  readonly request: GenerateRequest;
  readonly model: Model;
  readonly head: Head;
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
/** Loads that failed so are tried again; others would fail again. */
const passing = new Set(['unavailable', 'timeout', 'lost', 'cancelled']);

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
    const { library, state, clock } = this.#options;
    signal.throwIfAborted();
    if (!state.peek().models.some(each => each.id === request.model)) throw unserved();
    const { model } = await library.open(request.model, signal);
    check(request, model);
    const head = yield* this.#head(request.model, signal);
    const tokens = [...request.prompt];
    const answer: Answer = { request, model, head, tokens, avoid: new Set(), produced: 0, takeovers: 0 };
    let producedBefore = 0;
    let barren = 0;
    for (;;) {
      const chain = yield* this.#chain(answer, signal);
      const { run, session, capacity } = this.#run(answer, chain);
      try {
        const reason = yield* this.#follow(answer, chain, run, capacity, signal);
        if (reason) {
          yield { kind: 'end', reason };
          return;
        }
      } catch (error) {
        const hopeless = run.failure?.kind === 'full' && barren >= fullTriesMax;
        if (signal.aborted || !run.failure || hopeless || answer.takeovers === takeoversMax) throw error;
        answer.takeovers += 1;
        if (run.culprit) answer.avoid.add(run.culprit);
        yield { kind: 'step', step: takeoverStep(run.failure, run.culprit, answer.produced) };
      } finally {
        run.close();
        this.#runs.delete(session);
      }
      // The first new chain is tried at once; one that gave no token is no reason to hurry.
      barren = answer.produced > producedBefore ? 0 : barren + 1;
      producedBefore = answer.produced;
      if (barren > 0) await pause(clock, Math.min(pauseMs * 2 ** barren, pauseMsMax), signal);
    }
  }

  #run(answer: Answer, chain: ChainHop[]): { run: Run; session: SessionId; capacity: number } {
    const { self, clock, random, send } = this.#options;
    const { request, model, tokens } = answer;
    const session = toHex(random.bytes(16)) as SessionId;
    const most = Math.min(model.hyper.context, tokens.length + request.maxTokens - answer.produced);
    const capacity = Math.min(most, Math.max(planContextPositions, tokens.length + sessionRoomPositions));
    const { width } = model.hyper;
    const run = new Run({ session, self, model: model.id, width, capacity, chain, clock, send });
    this.#runs.set(session, run);
    return { run, session, capacity };
  }

  /** Answers why it ended, or undefined where it goes on in a larger session. */
  async *#follow(
    answer: Answer,
    chain: readonly ChainHop[],
    run: Run,
    capacity: number,
    signal: AbortSignal,
  ): AsyncGenerator<GenerateEvent, 'stop' | 'length' | undefined, void> {
    const { request, model, head, tokens } = answer;
    const callStep = peersStep(chain, this.#options.self);
    if (callStep) yield { kind: 'step', step: callStep };
    await run.open(signal);
    yield { kind: 'route', hops: routeOf(chain, this.#options.state.peek()) };
    let row = yield* this.#prefill(answer, run, signal);
    for (;;) {
      const token = await head.next(row, request.sampling, tokens.length);
      signal.throwIfAborted();
      if (request.endTokens.has(token)) return 'stop';
      tokens.push(token);
      answer.produced += 1;
      yield { kind: 'token', token };
      if (answer.produced >= request.maxTokens || tokens.length >= model.hyper.context) return 'length';
      if (tokens.length > capacity) return undefined;
      row = await run.feed(tokens.length - 1, 1, await head.embed([token]), signal);
    }
  }

  /** Several chunks are under way at once, so that all stages have work. Answers the last row. */
  async *#prefill(
    { head, tokens }: Answer,
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

  /** Waits until some chain holds all layers. */
  async *#chain(
    { request, model, avoid, takeovers }: Answer,
    signal: AbortSignal,
  ): AsyncGenerator<GenerateEvent, ChainHop[], void> {
    const { state, clock, self, loadFailure } = this.#options;
    const begun = clock.now();
    // After a loss the others may be on their way back.
    const patienceMs = takeovers > 0 ? handshakeMs : 0;
    for (let told = ''; ; ) {
      const seen = state.peek();
      const served = seen.models.find(each => each.id === request.model);
      if (!served) throw unserved();
      const chain = chooseChain(model.id, model.hyper.layers, served.plan, seen.members, avoid);
      if (chain) return chain;
      const waited = clock.now() - begun;
      if (served.problem && waited >= patienceMs) throw fromRecord(served.problem);
      const failure = served.plan?.assignments.some(each => each.peer === self) && loadFailure();
      if (failure && !passing.has(failure.kind)) throw fromRecord(failure);
      const step = loadStep(model, seen, failure || undefined);
      if (JSON.stringify(step) !== told) yield { kind: 'step', step };
      told = JSON.stringify(step);
      const ms = Math.max(1, (served.problem ? patienceMs : stageLoadMs) - waited);
      const late = () =>
        new TabmeshError(
          'timeout',
          'pod',
          'The layers were not loaded in time. Check the members, then ask again.',
        );
      await within(clock, ms, late, limit => until(state, now => now !== seen, limit), signal).catch(
        error => {
          if (!served.problem) throw error;
          signal.throwIfAborted();
        },
      );
    }
  }

  async *#head(model: ModelId, signal: AbortSignal): AsyncGenerator<GenerateEvent, Head, void> {
    const progress = new LiveValue<SliceProgress | undefined>(undefined);
    const loading = this.#options.heads.get(model, now => progress.set(now));
    let ended = false;
    const end = () => {
      ended = true;
      progress.set(undefined);
    };
    loading.then(end, end);
    for (let told: SliceProgress | undefined; !ended; ) {
      await until(progress, now => ended || now !== told, signal);
      const now = progress.peek();
      if (now && !ended) {
        const text = 'Loading the embedding and the output matrix';
        const { bytes: done, totalBytes: total } = now;
        yield { kind: 'step', step: { name: 'load', text, done, total, unit: 'bytes' } };
      }
      told = now;
    }
    return loading;
  }
}

const unserved = (): TabmeshError =>
  new TabmeshError(
    'not-found',
    'pod',
    'The pod does not serve this model. Add it to the pod, then ask again.',
  );

function check({ prompt, maxTokens }: GenerateRequest, { hyper }: Model): void {
  const invalid = (reason: string) => new TabmeshError('invalid', 'pod', reason);
  if (prompt.length === 0) throw invalid('The prompt is empty.');
  if (prompt.length >= hyper.context) {
    throw invalid(
      `The prompt has ${prompt.length} tokens and the model reads at most ${hyper.context}, answer included. Shorten it.`,
    );
  }
  if (!Number.isInteger(maxTokens) || maxTokens < 1) throw invalid('At least one token must be asked for.');
  if (prompt.some(token => !Number.isInteger(token) || token < 0 || token >= hyper.vocabulary)) {
    throw invalid(`The prompt holds a token that is not in the vocabulary of ${hyper.vocabulary}.`);
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
