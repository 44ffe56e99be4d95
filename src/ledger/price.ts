import * as v from 'valibot';
import { amountSchema } from './budget.ts';

/** Micro-cents for a million tokens: 250,000,000 is 2.50 dollars. */
export const priceSchema = v.strictObject({ input: amountSchema, output: amountSchema });
export type Price = v.InferOutput<typeof priceSchema>;

/** Rounded up, so that many small answers are not for nothing. */
export function costOf({ input, output }: Price, promptTokens: number, completionTokens: number): number {
  const parts = BigInt(promptTokens) * BigInt(input) + BigInt(completionTokens) * BigInt(output);
  return Number((parts + 999_999n) / 1_000_000n);
}

/** How many tokens of an answer `amount` pays after the prompt; none where it does not even pay that. */
export function affordable({ input, output }: Price, amount: number, promptTokens: number): number {
  if (amount === Infinity || output === 0) return Infinity;
  const rest = BigInt(amount) * 1_000_000n - BigInt(promptTokens) * BigInt(input);
  return rest < 0n ? 0 : Number(rest / BigInt(output));
}
