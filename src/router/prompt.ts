import { TabmeshError } from '../base/error.ts';
import { contextPositionsMax } from '../base/limits.ts';
import type { OpenModel } from '../model/open.ts';
import { promptTokens } from '../model/prompt.ts';
import type { CompletionRequest } from './request.ts';

export interface Prompt {
  readonly tokens: readonly number[];
  /** How long the answer may get. */
  readonly maxTokens: number;
}

/**
 * Renders and tokenizes at the requester, so that text never leaves it. Throws TabmeshError('invalid', 'router')
 * where the conversation leaves no room for an answer.
 */
export function preparePrompt(open: OpenModel, request: CompletionRequest): Prompt {
  const tokens = promptTokens(open, request.messages);
  const context = Math.min(open.model.hyper.context, contextPositionsMax);
  const room = context - tokens.length;
  if (room < 1) {
    throw new TabmeshError(
      'invalid',
      'router',
      `This conversation is ${tokens.length} tokens long and ${open.model.name} holds ${context}, so there is no room for an answer. Shorten it or start a new one.`,
    );
  }
  return { tokens, maxTokens: Math.min(request.maxTokens ?? room, room) };
}
