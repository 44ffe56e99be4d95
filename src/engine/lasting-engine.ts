import type { Clock } from '../base/clock.ts';
import { TabmeshError } from '../base/error.ts';
import { deviceLossesMax, deviceLossWindowMs } from '../base/limits.ts';
import { type Live, LiveValue } from '../base/live.ts';
import { untilAborted } from '../base/until-aborted.ts';
import type { DeviceInfo, Engine } from './engine.ts';
import { closed } from './sessions.ts';

/** An engine that outlives its device. */
export interface LastingEngine extends Pick<Engine, 'stage' | 'head' | 'close'> {
  /** Its note says what was lost, and what took its place. */
  readonly device: Live<DeviceInfo>;
  /**
   * Tells each loss of a device, in a sentence. All stages and heads are gone then: calls to them reject with
   * TabmeshError('lost', 'engine'). Loads wait for the next device, those under way too.
   */
  readonly lost: Live<string | undefined>;
}

/** Makes an engine on a device of its own: 'auto' on the best that there is, 'cpu' where that cannot be relied on. */
export type StartEngine = (device: 'auto' | 'cpu', signal: AbortSignal) => Promise<Engine>;

/**
 * Starts an engine, and another one whenever its device is lost (a driver is reset, a laptop wakes up, a worker dies). A device
 * that is lost `deviceLossesMax` times within `deviceLossWindowMs` is not asked for again. Rejects where the first does not start.
 */
export async function createLastingEngine(start: StartEngine, clock: Clock): Promise<LastingEngine> {
  const closing = new AbortController();
  return new RestartedEngine(await start('auto', closing.signal), start, clock, closing);
}

class RestartedEngine implements LastingEngine {
  readonly device: LiveValue<DeviceInfo>;
  readonly lost = new LiveValue<string | undefined>(undefined);
  readonly #start: StartEngine;
  readonly #clock: Clock;
  readonly #closing: AbortController;
  /** Undefined where the last start failed; the next load starts anew. */
  #engine: Promise<Engine> | undefined;
  #wanted: 'auto' | 'cpu' = 'auto';
  /** Times of the latest losses, in ms. */
  #losses: readonly number[] = [];

  constructor(first: Engine, start: StartEngine, clock: Clock, closing: AbortController) {
    this.device = new LiveValue(first.device);
    this.#start = start;
    this.#clock = clock;
    this.#closing = closing;
    this.#engine = Promise.resolve(this.#watched(first));
  }

  readonly stage: Engine['stage'] = (model, layers, read, signal) =>
    this.#load(engine => engine.stage(model, layers, read, signal), signal);

  readonly head: Engine['head'] = (model, read, signal) =>
    this.#load(engine => engine.head(model, read, signal), signal);

  async close(): Promise<void> {
    this.#closing.abort(closed());
    await this.#engine?.then(
      engine => engine.close(),
      () => {
        // It had not started.
      },
    );
  }

  async #load<T>(load: (engine: Engine) => Promise<T>, signal?: AbortSignal): Promise<T> {
    for (;;) {
      const engine = await untilAborted(this.#current(), signal);
      try {
        return await load(engine);
      } catch (error) {
        // What dies on the CPU is the worker, and this load may be why.
        if (!isDeviceLoss(error) || engine.device.kind === 'cpu') throw error;
        await untilAborted(engine.lost, signal);
      }
    }
  }

  #current(): Promise<Engine> {
    this.#closing.signal.throwIfAborted();
    if (this.#engine) return this.#engine;
    const next = this.#next();
    this.#engine = next;
    next.catch(() => {
      if (this.#engine === next) this.#engine = undefined;
    });
    return next;
  }

  async #next(): Promise<Engine> {
    const engine = await this.#start(this.#wanted, this.#closing.signal);
    const { note = 'It is back.' } = engine.device;
    this.device.set({ ...engine.device, note: `${this.lost.peek()} ${this.#afterLosses() ?? note}` });
    return this.#watched(engine);
  }

  #watched(engine: Engine): Engine {
    engine.lost.then(sentence => {
      if (this.#closing.signal.aborted) return;
      this.#lose(sentence);
      // What it kept outside of its device.
      engine.close().catch(() => {});
    });
    return engine;
  }

  #lose(sentence: string): void {
    const now = this.#clock.now();
    this.#losses = [...this.#losses.filter(at => now - at < deviceLossWindowMs), now];
    if (this.#losses.length >= deviceLossesMax) this.#wanted = 'cpu';
    this.device.set({ ...this.device.peek(), note: `${sentence} It is started again.` });
    this.#engine = undefined;
    this.lost.set(sentence);
    void this.#current();
  }

  #afterLosses(): string | undefined {
    if (this.#wanted === 'auto') return undefined;
    const minutes = deviceLossWindowMs / 60_000;
    return `That was ${deviceLossesMax} times within ${minutes} minutes, so layers run on the CPU until this peer is started again.`;
  }
}

/** What a reader throws while it reads from a peer is another loss. */
const isDeviceLoss = (error: unknown): boolean =>
  error instanceof TabmeshError && error.kind === 'lost' && error.origin === 'engine';
