/** A pod as a file describes it, for plans without one. */
import * as v from 'valibot';
import type { PeerId } from '../../base/brand.ts';
import { TabmeshError } from '../../base/error.ts';
import { describedPodBytesMax, peerNameBytesMax, podMembersMax, roundTripMsMax } from '../../base/limits.ts';
import type { Spread } from '../../pod/plan.ts';
import type { PlannedMember } from '../../pod/plan-models.ts';

const name = v.pipe(v.string(), v.nonEmpty(), v.maxLength(peerNameBytesMax));
const bytes = v.pipe(v.number(), v.safeInteger(), v.minValue(0));
/** Up to 4 s for a MB. */
const msPerMB = v.pipe(v.number(), v.minValue(0.000001), v.maxValue(4_000));

const peer = v.strictObject({
  name,
  /** Memory for layers and caches. */
  lendsBytes: bytes,
  /** How long it takes for a MB of weights: one row, and 64 rows of a prompt. Without, it counts as the median. */
  rowMsPerMB: v.exactOptional(msPerMB),
  promptMsPerMB: v.exactOptional(msPerMB),
  hidden: v.exactOptional(v.boolean(), false),
  /** By the name of the other peer. Each pair once is enough; those that are missing are near. */
  roundTripMs: v.exactOptional(
    v.record(name, v.pipe(v.number(), v.minValue(0), v.maxValue(roundTripMsMax))),
    {},
  ),
});

const schema = v.strictObject({
  spread: v.exactOptional(v.picklist(['fast', 'wide']), 'fast'),
  peers: v.pipe(v.array(peer), v.minLength(1), v.maxLength(podMembersMax)),
});

export interface DescribedPod {
  readonly spread: Spread;
  readonly members: readonly PlannedMember[];
}

/** Throws TabmeshError('invalid', 'node') that says where the text is wrong. */
export function readDescribedPod(text: string): DescribedPod {
  if (text.length > describedPodBytesMax) throw wrong(`it is longer than ${describedPodBytesMax} characters`);
  let data: unknown;
  try {
    data = JSON.parse(text);
  } catch (error) {
    throw wrong((error as Error).message);
  }
  const parsed = v.safeParse(schema, data);
  if (!parsed.success) {
    const [issue] = parsed.issues;
    throw wrong(`${v.getDotPath(issue) ?? 'the whole'}: ${issue.message}`);
  }
  const { spread, peers } = parsed.output;
  const names = new Set(peers.map(each => each.name));
  if (names.size < peers.length) throw wrong('two peers have the same name');
  const stranger = peers.flatMap(each => Object.keys(each.roundTripMs)).find(each => !names.has(each));
  if (stranger !== undefined) throw wrong(`roundTripMs names "${stranger}", which is no peer of it`);
  return { spread, members: peers.map(memberOf) };
}

function memberOf(described: v.InferOutput<typeof peer>): PlannedMember {
  const { name: id, lendsBytes, rowMsPerMB, promptMsPerMB, hidden, roundTripMs } = described;
  const nanos = (ms: number) => Math.max(1, Math.round(ms * 1e6));
  return {
    id: id as PeerId,
    name: id,
    memoryBytes: lendsBytes,
    hidden,
    holds: [],
    roundTrips: Object.entries(roundTripMs).map(([peer, ms]) => ({ peer: peer as PeerId, ms })),
    ...(rowMsPerMB === undefined
      ? {}
      : {
          speed: {
            rowNanosPerMB: nanos(rowMsPerMB),
            ...(promptMsPerMB === undefined ? {} : { chunkNanosPerMB: nanos(promptMsPerMB) }),
          },
        }),
  };
}

const wrong = (why: string): TabmeshError =>
  new TabmeshError('invalid', 'node', `This description of a pod cannot be used: ${why}.`);
