/** A plan as another process tells it; what answers at an address may be any program. */
import * as v from 'valibot';
import type { PeerId } from '../../base/brand.ts';
import { concatBytes } from '../../base/bytes.ts';
import { chunks } from '../../base/chunks.ts';
import { errorKinds, origins } from '../../base/error.ts';
import { toldPlanBytesMax } from '../../base/limits.ts';
import type { PlanPreview } from '../../pod/preview.ts';

/** The preview, and what to call its peers. */
export interface ToldPlan {
  readonly preview: PlanPreview;
  readonly names: Readonly<Record<string, string>>;
}

const peer = v.pipe(
  v.string(),
  v.transform(id => id as PeerId),
);
const part = { peer, first: v.number(), last: v.number(), bytes: v.number() };

const preview: v.GenericSchema<unknown, PlanPreview> = v.object({
  plan: v.exactOptional(
    v.object({
      spread: v.picklist(['fast', 'wide']),
      assignments: v.array(v.object({ ...part, ms: v.exactOptional(v.number()) })),
      spare: v.array(v.object({ peer, reason: v.string() })),
      standbys: v.array(v.object({ ...part, reason: v.string() })),
      forecast: v.exactOptional(
        v.object({
          tokenMs: v.number(),
          layersMs: v.number(),
          waysMs: v.number(),
          headMs: v.number(),
          promptPerSecond: v.exactOptional(v.number()),
        }),
      ),
      explanation: v.array(v.string()),
    }),
  ),
  problem: v.exactOptional(
    v.object({ kind: v.picklist(errorKinds), origin: v.picklist(origins), reason: v.string() }),
  ),
  outlook: v.array(v.string()),
});
const told = v.object({ names: v.record(v.string(), v.string()), preview });
const refusal = v.object({ reason: v.string() });

/** Undefined for what is neither a plan nor a refusal, whatever its status. Rejects where the line breaks. */
export async function readToldPlan(
  response: Response,
): Promise<ToldPlan | { readonly reason: string } | undefined> {
  const body = parse(await boundedText(response));
  const plan = v.safeParse(told, body);
  if (response.ok) return plan.success ? plan.output : undefined;
  const refused = v.safeParse(refusal, body);
  return refused.success ? refused.output : undefined;
}

/** Undefined beyond the limit. */
async function boundedText({ body }: Response): Promise<string | undefined> {
  const pieces: Uint8Array[] = [];
  let length = 0;
  for await (const piece of chunks(body)) {
    length += piece.length;
    if (length > toldPlanBytesMax) return undefined;
    pieces.push(piece);
  }
  return new TextDecoder().decode(concatBytes(pieces));
}

function parse(text = ''): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
