import { treasuryTokensMax } from '../../base/limits.ts';
import { affordable, costOf, type Price } from '../../ledger/price.ts';
import type { CompletionRequest } from '../request.ts';

export interface Estimate {
  readonly promptTokens: number;
  /** As many as the allowance pays; 0 where it pays none. */
  readonly tokens: number;
  /** What it costs at most. */
  readonly amount: number;
}

/** No token is shorter than a byte, and templates put a few around each message. */
export function promptTokensAtMost({ messages, tools, format }: CompletionRequest): number {
  const said = new TextEncoder().encode(JSON.stringify([messages, tools, format]));
  return said.length + 16 * messages.length;
}

export function estimate(price: Price, request: CompletionRequest, left: number): Estimate {
  const promptTokens = promptTokensAtMost(request);
  const wanted = Math.min(request.maxTokens ?? treasuryTokensMax, treasuryTokensMax);
  const tokens = Math.min(wanted, affordable(price, left, promptTokens));
  return { promptTokens, tokens, amount: costOf(price, promptTokens, tokens) };
}
