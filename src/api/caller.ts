import type { Purse } from '../ledger/purse.ts';
import type { CompletionRequest } from '../router/request.ts';

/** Who asks, where that is known: what it may ask for, and what may be spent for it. */
export interface Caller {
  mayAsk(model: string): boolean;
  /** Called once for each question, before the router is. Throws ApiError(403 | 429). */
  admit(requests: readonly CompletionRequest[]): void;
  /** Pays for its answers; undefined where no limit of cents is set. */
  readonly purse?: Purse;
}
