/** GET /tabmesh/plan?model=NAME&context=N: the dry run of a plan, for `tabmesh plan` on the same machine. */
import * as v from 'valibot';
import type { ModelId } from '../../base/brand.ts';
import { type ErrorKind, toError } from '../../base/error.ts';
import { contextPositionsMax, modelRefCharactersMax } from '../../base/limits.ts';
import type { Peer } from '../../peer/peer.ts';

export interface PlanAnswer {
  readonly status: 200 | 400 | 404 | 503;
  readonly body: object;
}

const question = v.object({
  /** As the API names it, its id, or where to find one that the pod does not serve. */
  model: v.pipe(v.string(), v.nonEmpty(), v.maxLength(modelRefCharactersMax)),
  context: v.exactOptional(
    v.pipe(v.string(), v.digits(), v.transform(Number), v.minValue(1), v.maxValue(contextPositionsMax)),
  ),
});

const statuses: Partial<Record<ErrorKind, PlanAnswer['status']>> = { invalid: 400, 'not-found': 404 };

/** Never rejects. */
export async function answerPlan(
  { pod, models }: Pick<Peer, 'pod' | 'models'>,
  query: Readonly<Record<string, string>>,
  signal: AbortSignal,
): Promise<PlanAnswer> {
  const asked = v.safeParse(question, query);
  if (!asked.success)
    return { status: 400, body: { reason: `This question is malformed: ${asked.issues[0].message}.` } };
  const { model, context } = asked.output;
  try {
    const served = pod.state.peek().models.find(({ id, name }) => name === model || id === model);
    const id = served?.id ?? ((await models.open(model, signal)).id as ModelId);
    const preview = await pod.planFor(id, context === undefined ? {} : { context }, signal);
    const names = Object.fromEntries(pod.state.peek().members.map(member => [member.id, member.name]));
    return { status: 200, body: { preview, names } };
  } catch (error) {
    const { kind, reason } = toError(error, 'node');
    return { status: statuses[kind] ?? 503, body: { reason } };
  }
}
