/** What the pod's document says of its plans: owners and admins write it, and the last word counts that this version understands. */
import * as v from 'valibot';
import { contextPositionsMax, planContextPositionsMin } from '../base/limits.ts';
import type { StatementBody } from './document/statement.ts';
import type { DocumentView } from './document/view.ts';
import type { Spread } from './plan.ts';

const schemas = {
  spread: v.picklist(['fast', 'wide']),
  /** Positions that caches are reserved for; 0: as plans usually do. */
  context: v.union([
    v.literal(0),
    v.pipe(v.number(), v.safeInteger(), v.minValue(planContextPositionsMin), v.maxValue(contextPositionsMax)),
  ]),
};

export interface PlanSettings {
  readonly spread: Spread;
  /** Of all models of the pod; as plans usually do where missing. */
  readonly context?: number;
}

export function planSettingsOf(view: DocumentView | undefined): PlanSettings {
  const context = lastOf(view, 'context', schemas.context) ?? 0;
  return {
    spread: lastOf(view, 'spread', schemas.spread) ?? 'fast',
    ...(context > 0 ? { context } : {}),
  };
}

export const planSetting = (key: keyof typeof schemas, value: unknown): StatementBody => ({
  kind: 'entry',
  topic: 'setting',
  key,
  value,
});

export const isContext = (positions: number): boolean => v.is(schemas.context, positions);

function lastOf<S extends v.GenericSchema>(
  view: DocumentView | undefined,
  name: string,
  schema: S,
): v.InferOutput<S> | undefined {
  const entry = view?.entries.findLast(
    ({ topic, key, value }) => topic === 'setting' && key === name && v.is(schema, value),
  );
  return entry && v.parse(schema, entry.value);
}
