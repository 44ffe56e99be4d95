import type { CompletionRequest } from '../router/request.ts';

/** Who asks, where that is known: what it may ask for, and what it is charged. */
export interface Caller {
  mayAsk(model: string): boolean;
  /** Called once for each question, before the router is. Throws ApiError(403 | 429). */
  admit(requests: readonly CompletionRequest[]): void;
  /** What an answer cost, in micro-cents. Never rejects. */
  charge(cost: number): Promise<void>;
}
