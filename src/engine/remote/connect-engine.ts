import * as Comlink from 'comlink';
import { toError, toRecord } from '../../base/error.ts';
import type { LayerRange, Model, TensorRange, TensorReader } from '../../model/model.ts';
import type { MemoryUse } from '../device-memory.ts';
import type { DeviceInfo, Engine } from '../engine.ts';
import { closed } from '../sessions.ts';
import type { Head, Stage } from '../stage.ts';
import { carryErrors } from './errors-over-comlink.ts';
import { Line, type Service } from './line.ts';
import type { EnginePort } from './port.ts';
import { RemoteHead, RemoteStage } from './remote-parts.ts';
import type { PartId, RemoteReader } from './serve-engine.ts';

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

  memory(): Promise<MemoryUse> {
    return this.#line.call(service => service.memory());
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

/** The owner reads tensors; the worker asks it for one piece after the other. */
function proxyReader(read: TensorReader, signal: AbortSignal | undefined): RemoteReader {
  return Comlink.proxy(async (name: string, range: TensorRange) => {
    // The worker may ask for one more before it hears of the abort.
    signal?.throwIfAborted();
    const bytes = await read(name, range, signal);
    return Comlink.transfer(bytes, [bytes.buffer]);
  });
}
