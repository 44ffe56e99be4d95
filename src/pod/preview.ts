/** What a plan would be, and what would change it. Nothing is loaded for it. */
import type { ModelId, PeerId } from '../base/brand.ts';
import { formatBytes } from '../base/bytes.ts';
import type { ErrorRecord } from '../base/error.ts';
import { planContextPositions } from '../base/limits.ts';
import { formatMs } from './format-ms.ts';
import type { Plan, Spread } from './plan.ts';
import { type Plannable, type Planned, type PlannedMember, planModels } from './plan-models.ts';
import { nearMs } from './round-trips.ts';
import { median } from './timing.ts';

export interface PlanWish {
  /** Positions of the conversation that room is kept for; as the plans of the pod do where missing. */
  readonly context?: number;
  /** As if these had left. */
  readonly without?: readonly PeerId[];
}

export interface PlanPreview {
  readonly plan?: Plan;
  /** Why there would be none. */
  readonly problem?: ErrorRecord;
  /** Sentences: what one more peer would change, and what less context would. */
  readonly outlook: readonly string[];
}

/** `models` as the pod plans them, `wanted` among them. Pure, as plans are. */
export function previewPlan(
  models: readonly Plannable[],
  wanted: ModelId,
  members: readonly PlannedMember[],
  spread: Spread,
  { context, without = [] }: PlanWish = {},
): PlanPreview {
  const left = members.filter(({ id }) => !without.includes(id));
  const planned = (positions: number | undefined, among: readonly PlannedMember[]): Planned => {
    const asked = models.map(each =>
      each.id === wanted && positions !== undefined ? { ...each, context: positions } : each,
    );
    const problem = {
      kind: 'not-found',
      origin: 'pod',
      reason: 'The header of this model is not read yet.',
    } as const;
    return planModels(asked, among, spread).get(wanted) ?? { problem };
  };
  const base = planned(context, left);
  const { header, context: usual = planContextPositions } = models.find(({ id }) => id === wanted) ?? {};
  if (!header || !('hyper' in header)) return { ...base, outlook: [] };
  const positions = Math.min(header.hyper.context, context ?? usual);
  const less = Math.floor(positions / 2);
  const outlook = [
    anotherText(base, left, more => planned(context, more)),
    contextText(base, planned(less, left), positions, less),
  ];
  return { ...base, outlook: outlook.flatMap(sentence => sentence ?? []) };
}

function anotherText(
  base: Planned,
  members: readonly PlannedMember[],
  planned: (members: readonly PlannedMember[]) => Planned,
): string | undefined {
  const another = medianMember(members);
  if (!another) return undefined;
  const other = planned([...members, another]);
  const who = `One more peer like the median of these, which lends ${formatBytes(another.memoryBytes)},`;
  if (!('plan' in base)) return `${who} would ${'plan' in other ? 'make it fit' : 'not be enough'}.`;
  const saved = savedMs(base, other);
  if (saved === undefined) return undefined;
  return saved > 0.05
    ? `${who} would take ${formatMs(saved)} off a token.`
    : `${who} would make no token faster; it could keep copies and take other models.`;
}

/** Undefined where nobody lends. */
function medianMember(members: readonly PlannedMember[]): PlannedMember | undefined {
  const memoryBytes = median(members.flatMap(each => (each.memoryBytes > 0 ? [each.memoryBytes] : [])));
  if (memoryBytes === undefined) return undefined;
  const pairs = (members.length * (members.length - 1)) / 2;
  const told = members.flatMap(({ roundTrips = [] }) => roundTrips.map(({ ms }) => ms));
  // Both ends tell of a pair; what is not told is near.
  const near = new Array<number>(Math.max(0, 2 * pairs - told.length)).fill(nearMs);
  const ms = median([...told, ...near]) ?? nearMs;
  return {
    id: 'another' as PeerId,
    name: 'Another',
    memoryBytes,
    holds: [],
    roundTrips: members.map(({ id }) => ({ peer: id, ms })),
  };
}

function contextText(base: Planned, other: Planned, positions: number, less: number): string | undefined {
  if (less < 1) return undefined;
  const what = `With room for a conversation of ${less} tokens in place of ${positions}`;
  if (!('plan' in base)) return `${what} it would ${'plan' in other ? 'fit' : 'not fit either'}.`;
  if (!('plan' in other)) return undefined;
  const bytes = ({ assignments }: Plan) => assignments.reduce((sum, each) => sum + each.bytes, 0);
  const saved = savedMs(base, other) ?? 0;
  const faster = saved > 0.05 ? `, and a token ${formatMs(saved)} less` : '';
  return `${what} it would take ${formatBytes(bytes(base.plan) - bytes(other.plan))} less memory${faster}.`;
}

function savedMs(base: Planned, other: Planned): number | undefined {
  if (!('plan' in base && 'plan' in other)) return undefined;
  const [before, after] = [base.plan.forecast, other.plan.forecast];
  return before && after && before.tokenMs - after.tokenMs;
}
