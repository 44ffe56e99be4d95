import * as Comlink from 'comlink';
import type { SessionId } from '../../base/brand.ts';
import { TabmeshError, toError, toRecord } from '../../base/error.ts';
import type { LayerRange, Model, TensorReader } from '../../model/model.ts';
import type { DeviceInfo, Engine } from '../engine.ts';
import { closed } from '../sessions.ts';
import type { Head, Rows, Sampling, Stage } from '../stage.ts';
import { carryErrors } from './errors-over-comlink.ts';
import { type EnginePort, onDeath, terminate, toEndpoint } from './port.ts';
import { type EngineService, give, type PartId, type RemoteReader } from './serve-engine.ts';

type Service = Comlink.Remote<EngineService>;

/**
 * The engine that a worker serves (serveEngine): each call is one message and one answer, with buffers handed over. When the
 * worker dies, all that is pending rejects with TabmeshError('lost') and `lost` resolves. `close` ends the worker.
 * Rejects with the worker's own error where it can offer no engine.
 */
export async function connectEngine(port: EnginePort, signal?: AbortSignal): Promise<Engine> {
  carryErrors();
  const line = new Line(port);
  const stop = () => void line.end(toError(signal!.reason, 'engine'));
  signal?.addEventListener('abort', stop, { once: true });
  try {
    signal?.throwIfAborted();
    const device = await line.call(service => service.device());
    return new RemoteEngine(line, device);
  } catch (error) {
    await line.end(toError(error, 'engine'));
    signal?.throwIfAborted();
    throw error;
  } finally {
    signal?.removeEventListener('abort', stop);
  }
}

/** The port, and what waits for an answer on it: comlink itself would wait for a dead worker for ever. */
class Line {
  readonly lost: Promise<string>;
  readonly #service: Service;
  readonly #port: EnginePort;
  readonly #pending = new Set<(error: TabmeshError) => void>();
  #end: TabmeshError | undefined;
  #parts = 0;

  constructor(port: EnginePort) {
    const { promise, resolve } = Promise.withResolvers<string>();
    this.lost = promise;
    this.#port = port;
    this.#service = Comlink.wrap<EngineService>(toEndpoint(port));
    const die = (sentence: string) => {
      if (this.#end) return;
      resolve(sentence);
      void this.end(new TabmeshError('lost', 'engine', sentence));
    };
    onDeath(port, die);
    this.#service.lost().then(die, () => {
      // No engine, no device to lose: `device` tells why.
    });
  }

  nextPart(): PartId {
    return this.#parts++;
  }

  call<T>(make: (service: Service) => Promise<T>): Promise<T> {
    if (this.#end) return Promise.reject(this.#end);
    return new Promise((resolve, reject) => {
      this.#pending.add(reject);
      make(this.#service)
        .then(resolve, reject)
        .finally(() => this.#pending.delete(reject));
    });
  }

  async end(reason: TabmeshError): Promise<void> {
    if (this.#end) return;
    this.#end = reason;
    for (const reject of this.#pending) reject(reason);
    await terminate(this.#port);
  }
}

class RemoteEngine implements Engine {
  readonly device: DeviceInfo;
  readonly lost: Promise<string>;
  readonly #line: Line;

  constructor(line: Line, device: DeviceInfo) {
    this.#line = line;
    this.device = device;
    this.lost = line.lost;
  }

  async stage(model: Model, layers: LayerRange, read: TensorReader, signal?: AbortSignal): Promise<Stage> {
    const id = this.#line.nextPart();
    const weightBytes = await this.#load(
      id,
      service => service.stage(id, model, layers, proxyReader(read, signal)),
      signal,
    );
    return new RemoteStage(this.#line, id, { ...layers }, weightBytes);
  }

  async head(model: Model, read: TensorReader, signal?: AbortSignal): Promise<Head> {
    const id = this.#line.nextPart();
    const load = (service: Service) => service.head(id, model, proxyReader(read, signal));
    return new RemoteHead(this.#line, id, await this.#load(id, load, signal));
  }

  async #load(
    id: PartId,
    load: (service: Service) => Promise<number>,
    signal: AbortSignal | undefined,
  ): Promise<number> {
    const abort = () =>
      this.#line
        .call(service => service.abort(id, toRecord(signal!.reason, 'engine')))
        .catch(() => {
          // The line ended, and the load with it.
        });
    const loading = this.#line.call(load);
    if (signal?.aborted) void abort();
    signal?.addEventListener('abort', abort, { once: true });
    try {
      return await loading;
    } finally {
      signal?.removeEventListener('abort', abort);
    }
  }

  /** Ends the worker in any case: a worker that hangs must not keep the process alive. */
  async close(): Promise<void> {
    await this.#line.end(closed());
  }
}

/** The owner reads tensors; the worker asks it for one after the other. */
function proxyReader(read: TensorReader, signal: AbortSignal | undefined): RemoteReader {
  return Comlink.proxy(async (name: string) => {
    // The worker may ask for one more before it hears of the abort.
    signal?.throwIfAborted();
    const bytes = await read(name, signal);
    return Comlink.transfer(bytes, [bytes.buffer]);
  });
}

class RemoteStage implements Stage {
  readonly layers: LayerRange;
  readonly weightBytes: number;
  readonly #line: Line;
  readonly #id: PartId;

  constructor(line: Line, id: PartId, layers: LayerRange, weightBytes: number) {
    this.#line = line;
    this.#id = id;
    this.layers = layers;
    this.weightBytes = weightBytes;
  }

  open(session: SessionId, capacity: number): Promise<void> {
    return this.#line.call(service => service.open(this.#id, session, capacity));
  }

  forward(rows: readonly Rows[], hidden: Float32Array): Promise<Float32Array<ArrayBuffer>> {
    return this.#line.call(service => service.forward(this.#id, rows, give(hidden)));
  }

  rewind(session: SessionId, length: number): Promise<void> {
    return this.#line.call(service => service.rewind(this.#id, session, length));
  }

  close(session: SessionId): Promise<void> {
    return this.#line.call(service => service.closeSession(this.#id, session));
  }

  dispose(): Promise<void> {
    return this.#line.call(service => service.dispose(this.#id));
  }
}

class RemoteHead implements Head {
  readonly weightBytes: number;
  readonly #line: Line;
  readonly #id: PartId;

  constructor(line: Line, id: PartId, weightBytes: number) {
    this.#line = line;
    this.#id = id;
    this.weightBytes = weightBytes;
  }

  embed(tokens: readonly number[]): Promise<Float32Array<ArrayBuffer>> {
    return this.#line.call(service => service.embed(this.#id, tokens));
  }

  logits(hidden: Float32Array): Promise<Float32Array<ArrayBuffer>> {
    return this.#line.call(service => service.logits(this.#id, hidden));
  }

  next(hidden: Float32Array, sampling: Sampling, position: number): Promise<number> {
    return this.#line.call(service => service.next(this.#id, hidden, sampling, position));
  }

  dispose(): Promise<void> {
    return this.#line.call(service => service.dispose(this.#id));
  }
}
