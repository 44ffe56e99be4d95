/** A completion as the router takes it from the API, the page or the command line. */
import type { Likely, Sampling } from '../engine/stage.ts';
import type { TokenPiece } from '../model/tokenizer.ts';
import type { Hop, Step } from '../pod/pod.ts';

export interface ChatMessage {
  readonly role: 'system' | 'user' | 'assistant';
  readonly content: string;
}

export interface CompletionRequest {
  /** A name from `models`, or a model id. */
  readonly model: string;
  readonly messages: readonly ChatMessage[];
  /** Undefined: as many as the context holds. */
  readonly maxTokens?: number;
  readonly sampling: Sampling;
  /** So many of the likeliest tokens come with each token of the answer, and how likely they were; see Head.next. */
  readonly likeliest?: number;
  /** Texts that end the answer and are not part of it. */
  readonly stop: readonly string[];
  readonly constraints?: Constraints;
}

/** What a route must meet; one that does not is passed over with its reason. */
export interface Constraints {
  /** Bytes that the members of the pod lend in all. Providers do not tell theirs and pass. */
  readonly minMemoryBytes?: number;
  /** Until the first text: a route that takes longer by its own record is not asked, one that is silent for so long is left. */
  readonly maxLatencyMs?: number;
  /** Nobody outside of the pod is asked. */
  readonly privacy?: 'pod-only';
}

/** A token as text, and the natural logarithm of its probability. */
export type LikelyPiece = TokenPiece & Pick<Likely, 'logProbability'>;

export interface ShownToken extends LikelyPiece {
  readonly likeliest: readonly LikelyPiece[];
}

export interface Usage {
  readonly promptTokens: number;
  /** Of these, what the stages held from an earlier answer. */
  readonly cachedTokens: number;
  readonly completionTokens: number;
}

export interface Timings {
  readonly firstTokenMs: number;
  readonly totalMs: number;
  /** After the first token. */
  readonly tokensPerSecond: number;
}

export type RouteKind = 'device' | 'pod';

/** Where a request went. */
export interface Route {
  readonly kind: RouteKind;
  readonly hops: readonly Hop[];
  /** Why the request went there. */
  readonly reason: string;
}

export type CompletionEvent =
  | { readonly kind: 'step'; readonly step: Step }
  | { readonly kind: 'route'; readonly route: Route }
  /** `tokens` where the request asks for `likeliest`: those whose text begins in `text`, or before it where it was no whole character. */
  | { readonly kind: 'text'; readonly text: string; readonly tokens?: readonly ShownToken[] }
  | {
      readonly kind: 'end';
      readonly reason: 'stop' | 'length';
      readonly usage: Usage;
      readonly timings: Timings;
    };

export interface ModelEntry {
  /** As requests name it. */
  readonly name: string;
  readonly id: string;
  readonly layers: number;
  readonly context: number;
  readonly bytes: number;
  /** Unix seconds when this peer first knew it. */
  readonly since: number;
}

export interface Router {
  models(): Promise<readonly ModelEntry[]>;
  /** Throws TabmeshError('not-found', 'router') for a model that nobody serves. */
  complete(request: CompletionRequest, signal?: AbortSignal): AsyncGenerator<CompletionEvent, void, void>;
}
