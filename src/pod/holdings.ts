import type { ModelId } from '../base/brand.ts';
import type { Clock } from '../base/clock.ts';
import { TabmeshError } from '../base/error.ts';
import type { LastingEngine } from '../engine/lasting-engine.ts';
import type { Stage } from '../engine/stage.ts';
import type { ModelLibrary } from '../model/library.ts';
import type { LayerRange, Model, TensorReader } from '../model/model.ts';
import { Batch } from './batch.ts';
import { type Failure, LoadFailures } from './load-failures.ts';
import { rangesBytes, readBytes } from './model-bytes.ts';
import { type SpeedMeter, timed } from './speed.ts';

export interface Want {
  readonly model: Model;
  /** What the plan gives us; undefined: nothing. */
  readonly layers?: LayerRange;
  /** Copies of what others hold, where there is room. */
  readonly standbys: readonly LayerRange[];
  /** The rest of the plan is held, so that nobody needs what we held before it. */
  readonly othersReady: boolean;
}

/** Layers that are loaded. Kept while sessions use them, also when the plan wants others. */
export interface Held {
  readonly model: Model;
  readonly layers: LayerRange;
  readonly stage: Stage;
  readonly batch: Batch;
  readonly read: TensorReader;
  users: number;
  /** Not announced; goes with its last user. */
  retired: boolean;
}

export interface Loading {
  readonly model: ModelId;
  readonly bytes: number;
  readonly totalBytes: number;
}

const progressMs = 200;

const same = (a: LayerRange, b: LayerRange | undefined): boolean => a.first === b?.first && a.last === b.last;
const isStandby = (want: Want | undefined, layers: LayerRange): boolean =>
  want?.standbys.some(each => same(layers, each)) ?? false;
const isWanted = (want: Want, layers: LayerRange): boolean =>
  same(layers, want.layers) || isStandby(want, layers);
const within = (inner: LayerRange, outer: LayerRange): boolean =>
  outer.first <= inner.first && inner.last <= outer.last;

export interface HoldingsParts {
  readonly engine: LastingEngine;
  readonly library: ModelLibrary;
  readonly clock: Clock;
  /** Told of every pass. */
  readonly meter: SpeedMeter;
  /** Bytes of all conversations that are open or rest here. */
  readonly cacheBytes: () => number;
  readonly onChange: () => void;
}

/**
 * Brings what this peer holds in line with what the plans want of it, one load at a time. Standbys come last and go first: after what
 * the plans give it of all models, beside the conversations that are there, until one needs the room.
 */
export class Holdings {
  readonly #engine: LastingEngine;
  readonly #library: ModelLibrary;
  readonly #clock: Clock;
  readonly #meter: SpeedMeter;
  readonly #cacheBytes: () => number;
  readonly #onChange: () => void;
  readonly #held = new Set<Held>();
  #wants: readonly Want[] = [];
  #memoryBytes = 0;
  #loading: (Loading & { layers: LayerRange; abort: AbortController }) | undefined;
  #working = false;
  #again = false;
  readonly #failures: LoadFailures;
  #closed = false;
  #toldAt = 0;

  constructor(parts: HoldingsParts) {
    this.#engine = parts.engine;
    this.#library = parts.library;
    this.#clock = parts.clock;
    this.#meter = parts.meter;
    this.#cacheBytes = parts.cacheBytes;
    this.#onChange = parts.onChange;
    this.#failures = new LoadFailures(parts.clock, () => void this.#work());
  }

  /** What answers at once. */
  holds(): { model: ModelId; layers: LayerRange }[] {
    return [...this.#held]
      .filter(held => !held.retired)
      .map(({ model, layers }) => ({ model: model.id, layers }));
  }

  loading(): Loading | undefined {
    if (!this.#loading) return undefined;
    const { model, bytes, totalBytes } = this.#loading;
    return { model, bytes, totalBytes };
  }

  /** Why what is wanted of a model does not load, while it does not. It is tried again. */
  failure(model: ModelId): Failure | undefined {
    return this.#failures.get(model);
  }

  /** Forgets the failures of all but these. */
  keep(ids: ReadonlySet<ModelId>): void {
    this.#failures.keep(ids);
  }

  /** Weights of everything that is loaded, in bytes. */
  weightBytes(): number {
    return this.#bytesWith();
  }

  want(wants: readonly Want[], memoryBytes: number): void {
    this.#wants = wants;
    this.#memoryBytes = memoryBytes;
    const loading = this.#loading;
    if (loading && !wants.some(want => want.model.id === loading.model && isWanted(want, loading.layers))) {
      loading.abort.abort(new TabmeshError('cancelled', 'pod', 'The plan changed.'));
    }
    this.#hurry();
    void this.#work();
  }

  /** Layers for one session, until `release`. Throws TabmeshError('not-found', 'pod') where they are not held. */
  async acquire(model: ModelId, layers: LayerRange): Promise<Held> {
    const parent = [...this.#held]
      .filter(held => held.model.id === model && within(layers, held.layers) && !this.#isOld(held))
      .sort((a, b) => Number(!same(a.layers, layers)) - Number(!same(b.layers, layers)))[0];
    if (!parent) {
      throw new TabmeshError('not-found', 'pod', 'These layers are not loaded here (any more).');
    }
    parent.users += 1;
    if (same(parent.layers, layers)) return parent;
    try {
      // Layers that a live stage has are shared by the engine: nothing is read.
      const stage = await this.#engine.stage(parent.model, layers, parent.read);
      const part = this.#hold(parent.model, layers, stage, parent.read);
      part.retired = true;
      part.users = 1;
      return part;
    } finally {
      this.release(parent);
    }
  }

  release(held: Held): void {
    held.users -= 1;
    if (held.users > 0) return;
    if (held.retired) this.#dispose(held);
    // A standby may have waited for the room of its caches.
    void this.#work();
  }

  /** Gives the room of a standby that nobody uses to a conversation. False where there is none. */
  dropStandby(): boolean {
    const last = this.#idleStandbys().at(-1);
    if (last) this.#retireOne(last);
    return last !== undefined;
  }

  /** What `dropStandby` could give, all told. */
  idleStandbyBytes(): number {
    const idle = new Set(this.#idleStandbys());
    return this.#bytesWith() - this.#bytesOf([...this.#held].filter(held => !idle.has(held)));
  }

  /** The device is gone and its layers with it: they are loaded again onto the next, from what is stored. */
  lose(): void {
    for (const held of this.#held) this.#dispose(held);
    this.#hurry();
    void this.#work();
  }

  /** Nobody waits for a copy: its load gives way to that of what the plans give this peer. */
  #hurry(): void {
    const loading = this.#loading;
    if (!loading) return;
    const missing = this.#wants.some(({ model, layers }) => layers && !this.#has(model, layers));
    const isCopy = !this.#wants.some(
      ({ model, layers }) => model.id === loading.model && same(loading.layers, layers),
    );
    if (missing && isCopy) {
      loading.abort.abort(new TabmeshError('cancelled', 'pod', 'Other layers are needed first.'));
    }
  }

  /** The peer closes. */
  async clear(): Promise<void> {
    this.#wants = [];
    this.#closed = true;
    this.#failures.close();
    this.#loading?.abort.abort(new TabmeshError('cancelled', 'pod', 'This peer stops serving.'));
    await Promise.all([...this.#held].map(held => this.#dispose(held)));
  }

  async #work(): Promise<void> {
    this.#again = true;
    if (this.#working) return;
    this.#working = true;
    while (this.#again && !this.#closed) {
      this.#again = false;
      this.#retire();
      const next = this.#nextLoad();
      if (next) {
        await this.#load(next.model, next.layers);
        this.#again = true;
      }
    }
    this.#working = false;
  }

  /** Lets go of what no plan wants and nobody needs, or what must make room. */
  #retire(): void {
    for (const held of this.#held) {
      const want = this.#wants.find(each => each.model === held.model);
      const keeps = want && isStandby(want, held.layers) && this.#bytesWith() <= this.#memoryBytes;
      if (keeps || same(held.layers, want?.layers)) {
        if (held.retired) this.#onChange();
        held.retired = false;
        continue;
      }
      const replaced = want?.othersReady && (!want.layers || this.#has(want.model, want.layers));
      if (!want || replaced || this.#bytesWith() > this.#memoryBytes) this.#retireOne(held);
    }
  }

  #nextLoad(): { model: Model; layers: LayerRange } | undefined {
    for (const { model, layers } of this.#wants) {
      if (!layers || this.#has(model, layers) || this.#mustWait(model)) continue;
      const fits = () => this.#bytesWith(model, layers) <= this.#memoryBytes;
      while (!fits() && this.dropStandby());
      if (!fits()) {
        for (const held of this.#held) if (held.model === model) this.#retireOne(held);
      }
      // Otherwise sessions still use what is in the way; their end starts the work again.
      if (fits()) return { model, layers };
    }
    return this.#nextStandby();
  }

  /** Only once all that the plans give this peer is there. */
  #nextStandby(): { model: Model; layers: LayerRange } | undefined {
    if (this.#wants.some(({ model, layers }) => layers && !this.#has(model, layers))) return undefined;
    for (const { model, standbys } of this.#wants) {
      if (this.#mustWait(model)) continue;
      for (const layers of standbys) {
        const bytes = this.#bytesWith(model, layers) + this.#cacheBytes();
        if (!this.#has(model, layers) && bytes <= this.#memoryBytes) return { model, layers };
      }
    }
    return undefined;
  }

  #mustWait(model: Model): boolean {
    // The engine shares layers by the model's id, so the new file's wait until those of the old are gone.
    const isOldHeld = [...this.#held].some(held => held.model.id === model.id && held.model !== model);
    return isOldHeld || this.#failures.mustWait(model.id);
  }

  #idleStandbys(): Held[] {
    return [...this.#held].filter(held => held.users === 0 && !held.retired && this.#isOnlyStandby(held));
  }

  #isOnlyStandby({ model, layers }: Held): boolean {
    const want = this.#wants.find(each => each.model === model);
    return isStandby(want, layers) && !same(layers, want?.layers);
  }

  async #load(model: Model, layers: LayerRange): Promise<void> {
    const abort = new AbortController();
    const { signal } = abort;
    this.#loading = { model: model.id, layers, bytes: 0, totalBytes: 0, abort };
    try {
      const loader = await this.#library.loader(model.id);
      if (this.#library.opened(model.id)?.model !== model) {
        throw new TabmeshError('cancelled', 'pod', 'The model was opened anew.');
      }
      const onProgress = ({ bytes, totalBytes }: { bytes: number; totalBytes: number }) => {
        if (this.#loading?.abort !== abort) return;
        this.#loading = { ...this.#loading, bytes, totalBytes };
        if (this.#clock.now() - this.#toldAt < progressMs) return;
        this.#toldAt = this.#clock.now();
        this.#onChange();
      };
      await loader.fetch({ layers }, { signal, onProgress, lent: true });
      const stage = await this.#engine.stage(model, layers, loader.read, signal);
      if (signal.aborted) await stage.dispose();
      else this.#hold(model, layers, stage, loader.read);
      this.#failures.forget(model.id);
    } catch (error) {
      if (!signal.aborted && !this.#closed) this.#failures.add(model.id, error);
    } finally {
      this.#loading = undefined;
      this.#onChange();
    }
  }

  /** The model was opened anew since: its file is another. */
  #isOld(held: Held): boolean {
    return this.#wants.some(({ model }) => model.id === held.model.id && model !== held.model);
  }

  #hold(model: Model, layers: LayerRange, stage: Stage, read: TensorReader): Held {
    const batch = new Batch(timed(stage, readBytes(model, layers), this.#clock, this.#meter));
    const held: Held = { model, layers, stage, batch, read, users: 0, retired: false };
    this.#held.add(held);
    return held;
  }

  #has(model: Model, layers: LayerRange): boolean {
    return [...this.#held].some(held => !held.retired && held.model === model && same(held.layers, layers));
  }

  #retireOne(held: Held): void {
    const told = !held.retired;
    held.retired = true;
    if (held.users === 0) this.#dispose(held);
    if (told) this.#onChange();
  }

  #dispose(held: Held): Promise<void> {
    this.#held.delete(held);
    return held.stage.dispose().catch(() => {});
  }

  #bytesWith(model?: Model, layers?: LayerRange): number {
    const more = model && layers ? [{ model, layers }] : [];
    return this.#bytesOf([...this.#held, ...more]);
  }

  #bytesOf(held: readonly Pick<Held, 'model' | 'layers'>[]): number {
    let bytes = 0;
    for (const model of new Set(held.map(each => each.model))) {
      const ranges = held.filter(each => each.model === model).map(each => each.layers);
      bytes += rangesBytes(model, ranges);
    }
    return bytes;
  }
}
