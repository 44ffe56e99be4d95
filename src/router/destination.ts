/** The seam between the router and whoever answers. */
import type { TabmeshError } from '../base/error.ts';
import type { CompletionEvent, CompletionRequest, ModelEntry } from './request.ts';

/** In the order in which they are preferred: what nobody else reads comes first. */
export const destinationKinds = ['pod', 'whole', 'federated', 'own-key', 'treasury'] as const;
export type DestinationKind = (typeof destinationKinds)[number];

/**
 * - `refusal` says why it cannot serve a request, at the cost of a look; undefined where it can. Never rejects.
 * - `complete` throws before its first text, or ends with an 'end' event, or throws after some text: nothing ends in
 *   silence. What it throws is a TabmeshError; it heeds its signal.
 */
export interface Destination {
  /** Its record is kept under this, from one request to the next. */
  readonly id: string;
  readonly kind: DestinationKind;
  /** For people, within a sentence: "the pod". */
  readonly name: string;
  /** Whose models they are, where they are not of the pod. */
  readonly provider?: string;
  refusal(request: CompletionRequest): Promise<TabmeshError | undefined>;
  complete(request: CompletionRequest, signal?: AbortSignal): AsyncGenerator<CompletionEvent, void, void>;
  /** Tokens of the prompt, where they are known without asking anybody. */
  count?(request: CompletionRequest, signal?: AbortSignal): Promise<number>;
  models(): Promise<readonly ModelEntry[]>;
}
