import type { ModelId } from '../base/brand.ts';
import type { Live } from '../base/live.ts';
import type { Headers } from './headers.ts';
import { plannable, servedPlannable } from './plannable.ts';
import type { PodState } from './pod.ts';
import { type PlanPreview, type PlanWish, previewPlan } from './preview.ts';
import type { ServedModels } from './served-models.ts';
import type { TriedHeaders } from './tried-headers.ts';

export interface PlanPreviewsParts {
  readonly state: Live<PodState>;
  readonly served: ServedModels;
  readonly headers: Headers;
  readonly tried: TriedHeaders;
}

/** What the pod as it is now would make of a model, whether it serves that or not. */
export class PlanPreviews {
  readonly #parts: PlanPreviewsParts;

  constructor(parts: PlanPreviewsParts) {
    this.#parts = parts;
  }

  /** Rejects as reading the header does. */
  async of(model: ModelId, wish?: PlanWish, signal?: AbortSignal): Promise<PlanPreview> {
    const { state, served, headers, tried } = this.#parts;
    const header = await tried.get(model, signal);
    const { self, members, spread, context } = state.peek();
    const models = servedPlannable(served, headers, self, context);
    const isServed = models.some(each => each.id === model);
    const asked = isServed ? models : [...models, plannable(model, header, self, context)];
    return previewPlan(asked, model, members, spread, wish);
  }
}
