import type { PeerId } from '../base/brand.ts';
import type { Clock } from '../base/clock.ts';
import { draftBytesMax } from '../base/limits.ts';
import type { Live } from '../base/live.ts';
import type { Random } from '../base/random.ts';
import type { LastingEngine } from '../engine/lasting-engine.ts';
import type { ModelLibrary } from '../model/library.ts';
import { DraftModels, type FindDraft } from './draft-models.ts';
import type { Drafter } from './drafter.ts';
import type { Giving } from './giving.ts';
import type { LentMemory } from './lent-memory.ts';
import { ModelDrafter } from './model-drafter.ts';
import type { GenerateRequest, PodState } from './pod.ts';
import type { Run } from './run.ts';
import type { StageService } from './stage-service.ts';

export interface OwnDraftsParts {
  readonly self: PeerId;
  readonly engine: LastingEngine;
  readonly library: ModelLibrary;
  readonly clock: Clock;
  readonly random: Random;
  readonly findDraft: FindDraft;
  readonly state: Live<PodState>;
  readonly memory: LentMemory;
  readonly service: Pick<StageService, 'cacheBytes'>;
  readonly giving: Pick<Giving, 'given'>;
}

/** Lets a small model that is stored here draft for this peer's own answers, while what it lends to others has no need of the room. */
export class OwnDrafts {
  readonly #parts: OwnDraftsParts;
  readonly #models: DraftModels;
  readonly #unsubscribe: () => void;

  constructor(parts: OwnDraftsParts) {
    const { engine, random, findDraft: find } = parts;
    this.#parts = parts;
    this.#models = new DraftModels({ engine, random, find, roomBytes: () => this.#roomBytes() });
    this.#unsubscribe = parts.giving.given.subscribe(() => this.trim());
  }

  /** For one answer. Undefined where no trip goes to others, or what may follow is laid down. */
  drafter({ model, sampling, steering }: GenerateRequest, run: Run): Drafter | undefined {
    const { self, library, clock, giving } = this.#parts;
    const served = library.opened(model);
    if (!served || steering || run.chain.every(hop => hop.peer === self)) return undefined;
    const lend = () => this.#models.lend(served, run.capacity);
    const mayWork = () => giving.given.peek().answers === 0;
    return new ModelDrafter({ lend, mayWork, sampling, clock });
  }

  /** Ends it where its room is needed. */
  trim(): void {
    this.#models.trim();
  }

  /** The device is gone, and the model with it. */
  lose(): void {
    this.#models.drop();
  }

  close(): void {
    this.#unsubscribe();
    this.#models.drop();
  }

  /** What layers and conversations leave of the memory that is lent; who lends none holds none that it could be in the way of. */
  #roomBytes(): number {
    const { memory, state, service } = this.#parts;
    if (memory.bytes() === 0) return draftBytesMax;
    return Math.min(draftBytesMax, memory.spareBytes(state.peek().models) - service.cacheBytes);
  }
}
