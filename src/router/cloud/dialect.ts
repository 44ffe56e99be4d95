/** How a family of providers is spoken to. */
import type { TabmeshError } from '../../base/error.ts';
import type { CompletionEvent, CompletionRequest, Usage } from '../request.ts';
import type { Provider } from './providers.ts';
import type { ServerEvent } from './server-events.ts';

/** A piece of an answer, as it is passed on; or what is told at its end. */
export type Part =
  | Exclude<CompletionEvent, { kind: 'step' | 'route' | 'end' }>
  | { readonly kind: 'usage'; readonly usage: Partial<Usage> }
  | { readonly kind: 'finish'; readonly reason: Finish; readonly stop?: string };

export type Finish = Extract<CompletionEvent, { kind: 'end' }>['reason'];

export interface Dialect {
  readonly path: string;
  readonly listPath: string;
  /** Why this provider cannot serve a request that another may. */
  refusal(provider: Provider, request: CompletionRequest): TabmeshError | undefined;
  body(provider: Provider, model: string, request: CompletionRequest): object;
  /** Throws TabmeshError('corrupt', 'router') for what is no answer, and what the provider says went wrong. */
  read(provider: Provider, event: ServerEvent): Iterable<Part>;
}
