/** The seam between a question with its passages and whoever writes an answer from them. */
import type { CompletionEvent, CompletionRequest } from '../../router/request.ts';

export interface Writer {
  /** Who could read a question, told before it is sent. */
  readonly note: string;
  /** Whether it may write without being asked once more. */
  readonly ready: boolean;
  /** Undefined where there is no model but one that knows nothing of this site. Rejects with a TabmeshError. */
  begin(signal: AbortSignal): Promise<WritingModel | undefined>;
}

export interface WritingModel {
  /** As a request names it. */
  readonly model: string;
  /** Positions of prompt and answer together. */
  readonly context: number;
  ask(request: CompletionRequest, signal: AbortSignal): AsyncGenerator<CompletionEvent, void, void>;
}
