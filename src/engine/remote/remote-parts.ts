import type { SessionId } from '../../base/brand.ts';
import type { LayerRange } from '../../model/model.ts';
import type { Restraint } from '../restraint.ts';
import type { Drawn, Head, Rows, Sampling, Stage } from '../stage.ts';
import type { Line } from './line.ts';
import { give, type PartId } from './serve-engine.ts';

export class RemoteStage implements Stage {
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

export class RemoteHead implements Head {
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

  next(
    hidden: Float32Array,
    sampling: Sampling,
    position: number,
    likeliest?: number,
    restraint?: Restraint,
  ): Promise<Drawn> {
    return this.#line.call(service =>
      service.next(this.#id, hidden, sampling, position, likeliest, restraint),
    );
  }

  verify(
    hidden: Float32Array,
    drafts: readonly number[],
    sampling: Sampling,
    position: number,
    likeliest?: number,
  ): Promise<Drawn[]> {
    return this.#line.call(service =>
      service.verify(this.#id, hidden, drafts, sampling, position, likeliest),
    );
  }

  dispose(): Promise<void> {
    return this.#line.call(service => service.dispose(this.#id));
  }
}
