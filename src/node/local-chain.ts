import type { SessionId } from '../base/brand.ts';
import { rowsPerForwardMax } from '../base/limits.ts';
import type { Engine } from '../engine/engine.ts';
import type { Head, Sampling, Stage } from '../engine/stage.ts';
import type { Model, TensorReader } from '../model/model.ts';
import { overWire } from '../pod/half-rows.ts';

/** Near-equal contiguous ranges of `layers`; the first ones take what is left over. */
export function evenRanges(layers: number, parts: number): { first: number; last: number }[] {
  const border = (index: number) => Math.round((layers * index) / parts);
  return Array.from({ length: parts }, (_, index) => ({ first: border(index), last: border(index + 1) }));
}

/** A whole model on one machine as a chain of stages, with the wire's rounding between them: what a pod computes, without the pod. */
export class LocalChain {
  readonly head: Head;
  readonly #stages: readonly Stage[];
  readonly #width: number;

  private constructor(head: Head, stages: readonly Stage[], width: number) {
    this.head = head;
    this.#stages = stages;
    this.#width = width;
  }

  static async load(
    engine: Engine,
    model: Model,
    read: TensorReader,
    stages: number,
    signal?: AbortSignal,
  ): Promise<LocalChain> {
    const head = await engine.head(model, read, signal);
    const loaded: Stage[] = [];
    for (const range of evenRanges(model.hyper.layers, stages))
      loaded.push(await engine.stage(model, range, read, signal));
    return new LocalChain(head, loaded, model.hyper.width);
  }

  async open(session: SessionId, capacity: number): Promise<void> {
    for (const stage of this.#stages) await stage.open(session, capacity);
  }

  /** Token ids at `position` and after, to hidden rows of the last layer: tokens.length x width. */
  async forward(
    session: SessionId,
    tokens: readonly number[],
    position: number,
  ): Promise<Float32Array<ArrayBuffer>> {
    const result = new Float32Array(tokens.length * this.#width);
    for (let done = 0; done < tokens.length; done += rowsPerForwardMax) {
      const part = tokens.slice(done, done + rowsPerForwardMax);
      let hidden = await this.head.embed(part);
      for (const [index, stage] of this.#stages.entries()) {
        if (index > 0) hidden = overWire(hidden, this.#width);
        hidden = await stage.forward([{ session, position: position + done, count: part.length }], hidden);
      }
      result.set(hidden, done * this.#width);
    }
    return result;
  }

  lastRow(hidden: Float32Array): Float32Array<ArrayBuffer> {
    return hidden.slice(hidden.length - this.#width);
  }

  /** Yields up to `count` tokens that follow `prompt`; the token that ends the answer is not yielded. */
  async *generate(
    session: SessionId,
    prompt: readonly number[],
    count: number,
    sampling: Sampling,
    ends: ReadonlySet<number>,
  ) {
    let position = prompt.length;
    let hidden = await this.forward(session, prompt, 0);
    for (let made = 0; made < count; made++) {
      const { token } = await this.head.next(this.lastRow(hidden), sampling, position);
      if (ends.has(token)) return;
      yield token;
      if (made + 1 < count) hidden = await this.forward(session, [token], position++);
    }
  }

  async dispose(): Promise<void> {
    for (const stage of this.#stages) await stage.dispose();
    await this.head.dispose();
  }
}
