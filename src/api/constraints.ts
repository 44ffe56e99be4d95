import * as v from 'valibot';
import { alternativesMax } from '../base/limits.ts';
import type { Constraints } from '../router/request.ts';

const above0 = (unit: string) => {
  const what = `must be a number of ${unit}, above 0`;
  return v.nullish(v.pipe(v.number(what), v.minValue(1, what)));
};

/** The field `tabmesh` of a request, which is ours alone: what the route must meet. */
export const constraintsSchema = v.nullish(
  v.strictObject(
    {
      /** Bytes that the pod lends in all. */
      minMemory: above0('bytes'),
      /** Milliseconds until the first text. */
      maxLatency: above0('milliseconds'),
      privacy: v.nullish(v.literal('pod-only', 'may be "pod-only"')),
      models: v.nullish(
        v.pipe(
          v.array(v.pipe(v.string(), v.minLength(1)), 'must be a list of names'),
          v.maxLength(alternativesMax, `must hold at most ${alternativesMax} names`),
        ),
      ),
    },
    'holds minMemory, maxLatency, privacy and models, nothing else',
  ),
);

/** Nothing where nothing is asked for. */
export function constraintsOf(fields: v.InferOutput<typeof constraintsSchema>): {
  constraints?: Constraints;
} {
  if (!fields) return {};
  const { minMemory, maxLatency, privacy, models } = fields;
  return {
    constraints: {
      ...(minMemory == null ? {} : { minMemoryBytes: minMemory }),
      ...(maxLatency == null ? {} : { maxLatencyMs: maxLatency }),
      ...(privacy == null ? {} : { privacy }),
      ...(models == null ? {} : { models }),
    },
  };
}
