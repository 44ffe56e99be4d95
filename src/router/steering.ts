import type { LogitChanges, Restraint } from '../engine/restraint.ts';
import type { Steering } from '../pod/pod.ts';
import type { HeldAnswer } from './grammar/grammars.ts';
import type { CompletionRequest, Penalties } from './request.ts';

/** What a request asks of its answer's tokens; undefined where it leaves them alone. */
export function createSteering(
  { bias = [], penalties = harmless }: Pick<CompletionRequest, 'bias' | 'penalties'>,
  prompt: readonly number[],
  held: HeldAnswer | undefined,
): Steering | undefined {
  const isPenalized = penalties.frequency !== 0 || penalties.presence !== 0 || penalties.repetition !== 1;
  if (!held && bias.length === 0 && !isPenalized) return undefined;
  const generated = new Map<number, number>();
  const biases = new Map(bias.map(each => [each.token, each.bias]));
  const read = new Set(penalties.repetition === 1 ? [] : prompt);
  return {
    async next() {
      const allowed = await held?.following();
      if (allowed === 'end') return 'end';
      const changes = changesOf(biases, read, generated, penalties);
      return { ...(allowed ? { allowed } : {}), ...(changes ? { changes } : {}) } satisfies Restraint;
    },
    accept(token) {
      generated.set(token, (generated.get(token) ?? 0) + 1);
      held?.accept(token);
    },
  };
}

const harmless: Penalties = { frequency: 0, presence: 0, repetition: 1 };

/** https://platform.openai.com/docs/advanced-usage: penalties are for what was generated; repetition is for the prompt, too, as in vLLM. */
function changesOf(
  biases: ReadonlyMap<number, number>,
  read: ReadonlySet<number>,
  generated: ReadonlyMap<number, number>,
  { frequency, presence, repetition }: Penalties,
): LogitChanges | undefined {
  const isPenalized = frequency !== 0 || presence !== 0 || repetition !== 1;
  const tokens = [...new Set([...biases.keys(), ...(isPenalized ? [...read, ...generated.keys()] : [])])];
  if (tokens.length === 0) return undefined;
  return {
    tokens: Uint32Array.from(tokens),
    factors: Float32Array.from(tokens, token => (read.has(token) || generated.has(token) ? repetition : 1)),
    addends: Float32Array.from(tokens, token => {
      const count = generated.get(token) ?? 0;
      return (biases.get(token) ?? 0) - count * frequency - (count > 0 ? presence : 0);
    }),
  };
}
