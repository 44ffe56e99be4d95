import { TabmeshError } from '../base/error.ts';

/** What may follow at one position, and what is made more or less likely there. Plain data: it goes to workers as it is. */
export interface Restraint {
  /** Bit t % 32 of word t / 32 says whether token t may follow. Where it is undefined all may. */
  readonly allowed?: Uint32Array;
  readonly changes?: LogitChanges;
}

/**
 * Logits of a few tokens, changed before anything is chosen: each is divided by its factor where it is above 0 and multiplied
 * by it where it is below, as repetition penalties do (Keskar et al. 2019, https://arxiv.org/abs/1909.05858), and then its
 * addend is added. All three have one length; no token comes twice.
 */
export interface LogitChanges {
  readonly tokens: Uint32Array;
  /** Above 0. */
  readonly factors: Float32Array;
  readonly addends: Float32Array;
}

/** The logits that `sample` is to see, in a new array. Throws TabmeshError('invalid', 'engine') where nothing may follow, and for garbage. */
export function restrain(logits: Float32Array, { allowed, changes }: Restraint): Float32Array {
  const result = allowed ? only(logits, allowed) : logits.slice();
  if (!changes) return result;
  const { tokens, factors, addends } = changes;
  if (tokens.length !== factors.length || tokens.length !== addends.length)
    throw invalid(`${tokens.length} tokens have ${factors.length} factors and ${addends.length} addends`);
  for (let i = 0; i < tokens.length; i++) {
    const token = tokens[i]!;
    const factor = factors[i]!;
    if (!(token < logits.length)) throw invalid(`there is no token ${token}`);
    if (!(factor > 0 && factor < Infinity && Number.isFinite(addends[i]!)))
      throw invalid(`token ${token} has the factor ${factor} and the addend ${addends[i]}`);
    const logit = result[token]!;
    result[token] = (logit > 0 ? logit / factor : logit * factor) + addends[i]!;
  }
  return result;
}

export const mayFollow = (allowed: Uint32Array, token: number): boolean =>
  ((allowed[token >>> 5]! >>> (token & 31)) & 1) === 1;

function only(logits: Float32Array, allowed: Uint32Array): Float32Array {
  checkAllowed(allowed, logits.length);
  const result = new Float32Array(logits.length).fill(-Infinity);
  let any = false;
  for (let word = 0; word < allowed.length; word++) {
    // Most words of a grammar's mask are empty.
    for (let bits = allowed[word]!; bits !== 0; bits &= bits - 1) {
      const token = word * 32 + 31 - Math.clz32(bits & -bits);
      if (token >= logits.length) break;
      result[token] = logits[token]!;
      any = true;
    }
  }
  if (!any) throw invalid('no token may follow');
  return result;
}

export function checkAllowed(allowed: Uint32Array, vocabulary: number): void {
  const words = Math.ceil(vocabulary / 32);
  if (allowed.length !== words)
    throw invalid(
      `what may follow is told in ${words} words for ${vocabulary} tokens, not in ${allowed.length}`,
    );
}

const invalid = (fault: string) => new TabmeshError('invalid', 'engine', `Restraint: ${fault}.`);
