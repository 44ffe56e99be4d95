/** A completion as the router takes it from the API, the page or the command line. */
import type { Likely, Sampling } from '../engine/stage.ts';
import type { Purse } from '../ledger/purse.ts';
import type { TokenPiece } from '../model/tokenizer.ts';
import type { Hop, Step } from '../pod/pod.ts';

export interface ChatMessage {
  readonly role: 'system' | 'user' | 'assistant' | 'tool';
  readonly content: string;
  /** Of an assistant: what it called. */
  readonly toolCalls?: readonly ToolCall[];
  /** Of a tool: the call that it answers. */
  readonly toolCallId?: string;
}

export interface ToolCall {
  readonly id: string;
  readonly name: string;
  /** A JSON object as text, as the model wrote it; what it says is for the tool to check. */
  readonly arguments: string;
}

/** A function of the asking program, which the model may ask it to call. */
export interface Tool {
  readonly name: string;
  readonly description?: string;
  readonly parameters: JsonSchema;
  /** Every keyword of the schema is held or the request refused; else those that cannot be held are passed over. */
  readonly strict: boolean;
}

/** As JSON.parse gives it. */
export type JsonSchema = Readonly<Record<string, unknown>>;

/** 'required': some tool; `name`: this one. */
export type ToolChoice = 'none' | 'auto' | 'required' | { readonly name: string };

/** What the answer's text is: any JSON object, or JSON of a schema (`strict` as of a tool). */
export type AnswerFormat =
  | { readonly kind: 'json' }
  | { readonly kind: 'schema'; readonly name: string; readonly schema: JsonSchema; readonly strict: boolean };

export interface Penalties {
  /** Taken off a token's logit for each time that it was generated, -2 to 2. */
  readonly frequency: number;
  /** Taken off once for a token that was generated, -2 to 2. */
  readonly presence: number;
  /** Divides logits above 0 of tokens in the prompt or the answer and multiplies those below; 1 changes nothing. */
  readonly repetition: number;
}

export interface TokenBias {
  readonly token: number;
  /** Added to its logit, -100 to 100. */
  readonly bias: number;
}

export interface CompletionRequest {
  /** A name from `models`, or a model id. */
  readonly model: string;
  readonly messages: readonly ChatMessage[];
  /** In place of messages: what the answer goes on from as it stands, as text that may name control tokens, or as tokens of the model. */
  readonly prompt?: string | readonly number[];
  /** Undefined: as many as the context holds. */
  readonly maxTokens?: number;
  readonly sampling: Sampling;
  /** So many of the likeliest tokens come with each token of the answer, and how likely they were; see Head.next. */
  readonly likeliest?: number;
  /** Texts that end the answer and are not part of it. */
  readonly stop: readonly string[];
  readonly tools?: readonly Tool[];
  /** Undefined is 'auto'. */
  readonly toolChoice?: ToolChoice;
  /** False: one call at most. */
  readonly parallelToolCalls?: boolean;
  /** Undefined: plain text. It does not concern tool calls. */
  readonly format?: AnswerFormat;
  /** In the numbering of the model's own tokens. */
  readonly bias?: readonly TokenBias[];
  readonly penalties?: Penalties;
  readonly constraints?: Constraints;
  /** Undefined where nobody limits what the answer may cost. */
  readonly purse?: Purse;
}

/** The names under which a request may be served, the one that it wants most first. */
export const wantedModels = ({ model, constraints }: CompletionRequest): readonly string[] => [
  model,
  ...(constraints?.models ?? []),
];

/** What a route must meet; one that does not is passed over with its reason. */
export interface Constraints {
  /** Bytes that the members of the pod lend in all. Other pods do not tell theirs and are not asked; providers have none of their own and pass. */
  readonly minMemoryBytes?: number;
  /** Until the first text: a route that takes longer by its own record is not asked, one that is silent for so long is left. */
  readonly maxLatencyMs?: number;
  /** Nobody outside of the pod is asked. */
  readonly privacy?: 'pod-only';
  /** Other models that may answer in place of the one that is named. */
  readonly models?: readonly string[];
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

/** 'guest': a member of a pod answers whom it welcomed with an invite for viewers. */
export type RouteKind = 'device' | 'pod' | 'guest' | 'federated' | 'own-key' | 'treasury';

/** Where a request went. */
export interface Route {
  readonly kind: RouteKind;
  /** Empty where no layers of ours were used. */
  readonly hops: readonly Hop[];
  /** Who was asked with a key ("OpenAI") or in another pod, or ran a whole model here. */
  readonly provider?: string;
  /** Why the request went there. */
  readonly reason: string;
}

export type CompletionEvent =
  | { readonly kind: 'step'; readonly step: Step }
  | { readonly kind: 'route'; readonly route: Route }
  /** `tokens` where the request asks for `likeliest`: those whose text begins in `text`, or before it where it was no whole character. */
  | { readonly kind: 'text'; readonly text: string; readonly tokens?: readonly ShownToken[] }
  /** A call begins; `index` counts those of this answer from 0. Its arguments follow in pieces. */
  | { readonly kind: 'tool-call'; readonly index: number; readonly id: string; readonly name: string }
  | { readonly kind: 'tool-arguments'; readonly index: number; readonly text: string }
  | {
      readonly kind: 'end';
      readonly reason: 'stop' | 'length' | 'tool-calls';
      /** Which of the request's texts ended it, where the route knows. */
      readonly stop?: string;
      readonly usage: Usage;
      readonly timings: Timings;
    };

export type ModelEntry = PodModelEntry | ProviderModelEntry;

export interface PodModelEntry {
  readonly kind: 'pod';
  /** As requests name it. */
  readonly name: string;
  readonly id: string;
  readonly layers: number;
  readonly context: number;
  readonly bytes: number;
  /** Unix seconds when this peer first knew it. */
  readonly since: number;
}

export interface ProviderModelEntry {
  readonly kind: 'federated' | 'own-key' | 'whole' | 'treasury';
  /** "openai/gpt-4o-mini" */
  readonly name: string;
  readonly provider: string;
}

/** Where a request could go. */
export interface RouteOption extends Pick<Route, 'provider'> {
  readonly kind: RouteKind | 'whole';
  /** For people, within a sentence: "the pod". */
  readonly name: string;
  /** Why it will not go there. */
  readonly refusal?: string;
}

export interface Router {
  models(): Promise<readonly ModelEntry[]>;
  /** Throws TabmeshError('not-found', 'router') for a model that nobody serves. */
  complete(request: CompletionRequest, signal?: AbortSignal): AsyncGenerator<CompletionEvent, void, void>;
  /** Tokens of a request's prompt, with nothing asked of anybody. Throws as `complete` for what the pod does not serve. */
  count(request: CompletionRequest, signal?: AbortSignal): Promise<number>;
}

export interface Foresight {
  /** In the order in which they would be asked; nothing is sent. The first without a refusal is the likely one. */
  options(request: CompletionRequest): Promise<readonly RouteOption[]>;
}
