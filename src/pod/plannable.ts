import type { PeerId } from '../base/brand.ts';
import type { Headers } from './headers.ts';
import type { Plannable } from './plan-models.ts';
import type { ServedModels } from './served-models.ts';
import { isShareable } from './shareable.ts';

/** A model as plans take it; what others must not hear of only `self` may hold. */
export const plannable = (
  id: Plannable['id'],
  header: Plannable['header'],
  self: PeerId,
  context: number | undefined,
): Plannable => ({
  id,
  header,
  ...(isShareable(id) ? {} : { only: self }),
  ...(context === undefined ? {} : { context }),
});

/** Begins to read the headers that are not known yet. */
export const servedPlannable = (
  served: ServedModels,
  headers: Headers,
  self: PeerId,
  context: number | undefined,
): Plannable[] => served.all().map(({ model }) => plannable(model, headers.get(model), self, context));
