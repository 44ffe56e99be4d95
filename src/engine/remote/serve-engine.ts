import * as Comlink from 'comlink';
import type { SessionId } from '../../base/brand.ts';
import { type ErrorRecord, fromRecord } from '../../base/error.ts';
import type { LayerRange, Model, TensorRange, TensorReader } from '../../model/model.ts';
import type { MemoryUse } from '../device-memory.ts';
import type { DeviceInfo, Engine } from '../engine.ts';
import type { Restraint } from '../restraint.ts';
import { freed } from '../sessions.ts';
import type { Drawn, Head, Rows, Sampling, Stage } from '../stage.ts';
import { carryErrors } from './errors-over-comlink.ts';
import { type EnginePort, toEndpoint } from './port.ts';

/** Numbers a load, and the stage or head that comes of it; given by the connecting side. */
export type PartId = number;
export type RemoteReader = (name: string, range: TensorRange) => Promise<Uint8Array<ArrayBuffer>>;

/**
 * Serves `engine` to the other side of `port` (see connectEngine). An engine that is still being chosen, or that
 * cannot be made, is the connecting side's to wait for.
 */
export function serveEngine(port: EnginePort | Comlink.Endpoint, engine: Engine | Promise<Engine>): void {
  carryErrors();
  Comlink.expose(new EngineService(Promise.resolve(engine)), toEndpoint(port));
}

/**
 * One flat face for the engine and all that it makes, so that all calls go through one port in the order they were
 * made, and nothing has to be told to comlink's garbage collection.
 */
export class EngineService {
  readonly #engine: Promise<Engine>;
  readonly #stages = new Map<PartId, Stage>();
  readonly #heads = new Map<PartId, Head>();
  readonly #loads = new Map<PartId, AbortController>();

  constructor(engine: Promise<Engine>) {
    this.#engine = engine;
    // Where nobody asks, the failure is still told to the first who does.
    engine.catch(() => {});
  }

  async device(): Promise<DeviceInfo> {
    return (await this.#engine).device;
  }

  async lost(): Promise<string> {
    return (await this.#engine).lost;
  }

  async memory(): Promise<MemoryUse> {
    return (await this.#engine).memory();
  }

  async close(): Promise<void> {
    await (await this.#engine).close();
  }

  /** Answers the bytes of the stage's weights. */
  async stage(id: PartId, model: Model, layers: LayerRange, read: RemoteReader): Promise<number> {
    return this.#load(id, read, async (engine, reader, signal) => {
      const stage = await engine.stage(model, layers, reader, signal);
      this.#stages.set(id, stage);
      return stage.weightBytes;
    });
  }

  async head(id: PartId, model: Model, read: RemoteReader): Promise<number> {
    return this.#load(id, read, async (engine, reader, signal) => {
      const head = await engine.head(model, reader, signal);
      this.#heads.set(id, head);
      return head.weightBytes;
    });
  }

  async #load(
    id: PartId,
    read: RemoteReader,
    load: (engine: Engine, reader: TensorReader, signal: AbortSignal) => Promise<number>,
  ): Promise<number> {
    const abort = new AbortController();
    this.#loads.set(id, abort);
    try {
      return await load(await this.#engine, (name, range) => read(name, range), abort.signal);
    } finally {
      this.#loads.delete(id);
      (read as Comlink.Remote<RemoteReader>)[Comlink.releaseProxy]();
    }
  }

  abort(id: PartId, reason: ErrorRecord): void {
    this.#loads.get(id)?.abort(fromRecord(reason));
  }

  async open(id: PartId, session: SessionId, capacity: number): Promise<void> {
    return this.#stage(id).open(session, capacity);
  }

  async forward(id: PartId, rows: readonly Rows[], hidden: Float32Array): Promise<Float32Array<ArrayBuffer>> {
    return give(await this.#stage(id).forward(rows, hidden));
  }

  async rewind(id: PartId, session: SessionId, length: number): Promise<void> {
    return this.#stage(id).rewind(session, length);
  }

  async closeSession(id: PartId, session: SessionId): Promise<void> {
    return this.#stage(id).close(session);
  }

  async embed(id: PartId, tokens: readonly number[]): Promise<Float32Array<ArrayBuffer>> {
    return give(await this.#head(id).embed(tokens));
  }

  async logits(id: PartId, hidden: Float32Array): Promise<Float32Array<ArrayBuffer>> {
    return give(await this.#head(id).logits(hidden));
  }

  async next(
    id: PartId,
    hidden: Float32Array,
    sampling: Sampling,
    position: number,
    likeliest?: number,
    restraint?: Restraint,
  ): Promise<Drawn> {
    return this.#head(id).next(hidden, sampling, position, likeliest, restraint);
  }

  async verify(
    id: PartId,
    hidden: Float32Array,
    drafts: readonly number[],
    sampling: Sampling,
    position: number,
    likeliest?: number,
  ): Promise<Drawn[]> {
    return this.#head(id).verify(hidden, drafts, sampling, position, likeliest);
  }

  async dispose(id: PartId): Promise<void> {
    const part = this.#stages.get(id) ?? this.#heads.get(id);
    this.#stages.delete(id);
    this.#heads.delete(id);
    await part?.dispose();
  }

  #stage(id: PartId): Stage {
    return this.#stages.get(id) ?? freed();
  }

  #head(id: PartId): Head {
    return this.#heads.get(id) ?? freed();
  }
}

/** Hands the buffer over instead of copying it; a view of a larger one is copied once. */
export function give(values: Float32Array): Float32Array<ArrayBuffer> {
  const whole = values.byteLength === values.buffer.byteLength && values.buffer instanceof ArrayBuffer;
  const own = (whole ? values : values.slice()) as Float32Array<ArrayBuffer>;
  return Comlink.transfer(own, [own.buffer]);
}
