/**
 * Whom to ask, as a pure function. Taking whoever was fastest so far sends everybody to the same place as soon as
 * knowledge is old; two draws by weight, the better of them, and a no from whoever is full do not (Mitzenmacher, "The
 * power of two choices in randomized load balancing"; policy.test.ts has the simulation).
 */
import type { Random } from '../base/random.ts';

export interface Standing {
  /** Undefined: never measured. */
  readonly firstMs: number | undefined;
  readonly tokenMs: number | undefined;
  readonly inFlight: number;
  readonly restUntil: number;
  /** It said itself until when it wants to rest. */
  readonly told: boolean;
}

export interface Candidate {
  /** The lower is asked first, whatever its times. */
  readonly rank: number;
  readonly standing: Standing;
}

/** An answer of middling length, for which times are compared. */
const answerTokens = 200;
/** Of whom nothing is known: average, so that it is tried. */
const unknown = { firstMs: 1000, tokenMs: 30 };

/** Milliseconds of an answer where nothing else is asked. */
export const estimateMs = ({ firstMs, tokenMs }: Standing): number =>
  (firstMs ?? unknown.firstMs) + answerTokens * (tokenMs ?? unknown.tokenMs);

const loadedMs = ({ standing }: Candidate): number => estimateMs(standing) * (1 + standing.inFlight);

/**
 * Those that rest come after all that do not, the soonest back first; those that said themselves until when are not
 * asked before. Undefined where nobody may be asked now.
 */
export function choose<T extends Candidate>(
  candidates: readonly T[],
  now: number,
  random: Random,
): T | undefined {
  const awake = candidates.filter(({ standing }) => standing.restUntil <= now);
  if (awake.length === 0) {
    const weary = candidates.filter(({ standing }) => !standing.told);
    return weary.sort((a, b) => a.standing.restUntil - b.standing.restUntil)[0];
  }
  const rank = Math.min(...awake.map(each => each.rank));
  const equals = awake.filter(each => each.rank === rank);
  const one = draw(equals, random);
  const rest = equals.filter(each => each !== one);
  if (rest.length === 0) return one;
  const other = draw(rest, random);
  return loadedMs(other) < loadedMs(one) ? other : one;
}

function draw<T extends Candidate>(from: readonly T[], random: Random): T {
  const weights = from.map(({ standing }) => 1 / Math.max(1, estimateMs(standing)));
  let left = random.next() * weights.reduce((sum, weight) => sum + weight, 0);
  return from.find((_, index) => (left -= weights[index]!) < 0) ?? from.at(-1)!;
}
