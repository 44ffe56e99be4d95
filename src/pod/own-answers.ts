import type { Giving } from './giving.ts';
import type { GenerateEvent, GenerateRequest } from './pod.ts';
import type { Requester } from './requester.ts';
import type { SelfMeasure } from './self-measure.ts';
import type { ServedModels } from './served-models.ts';
import type { Slices } from './slices.ts';
import type { Upkeep } from './upkeep.ts';

export interface OwnAnswersParts {
  readonly requester: Pick<Requester, 'generate'>;
  readonly served: Pick<ServedModels, 'ask'>;
  readonly giving: Pick<Giving, 'own'>;
  readonly slices: Pick<Slices, 'pause'>;
  /** Missing where it does not measure itself. */
  readonly measuring: Pick<SelfMeasure, 'giveWay'> | undefined;
  readonly upkeep: Pick<Upkeep, 'now'>;
}

/** Answers that this peer asks for itself: each keeps its model served, and what is done here for others steps back meanwhile. */
export class OwnAnswers {
  readonly #parts: OwnAnswersParts;

  constructor(parts: OwnAnswersParts) {
    this.#parts = parts;
  }

  async *generate(request: GenerateRequest, signal?: AbortSignal): AsyncGenerator<GenerateEvent, void, void> {
    const { requester, served, giving, slices, measuring, upkeep } = this.#parts;
    const done = served.ask(request.model);
    const given = giving.own();
    const ended = measuring?.giveWay();
    upkeep.now();
    let go = () => {};
    try {
      for await (const event of requester.generate(request, signal)) {
        // While it waits for others to load, they may need what is here.
        if (event.kind === 'route' || (event.kind === 'step' && event.step.name !== 'prefill')) go();
        if (event.kind === 'route') go = slices.pause();
        yield event;
      }
    } finally {
      go();
      done();
      given();
      ended?.();
      upkeep.now();
    }
  }
}
