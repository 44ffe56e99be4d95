/** Parts that several objects of OpenAI's API have. */
import { toHex } from '../base/bytes.ts';
import type { Random } from '../base/random.ts';
import type { CompletionRequest, Route, Usage } from '../router/request.ts';
import type { End } from './answer.ts';

/** What all objects of one answer share. */
export interface AnswerHead {
  readonly id: string;
  readonly model: string;
  /** Unix seconds. */
  readonly created: number;
}

export const newAnswer = (prefix: string, { model }: CompletionRequest, random: Random): AnswerHead => ({
  id: newId(prefix, random),
  model,
  created: Math.floor(Date.now() / 1000),
});

/** 96 bits: nobody guesses one. */
export const newId = (prefix: string, random: Random): string => prefix + toHex(random.bytes(12));

export const usageObject = ({ promptTokens, cachedTokens, completionTokens }: Usage) => ({
  prompt_tokens: promptTokens,
  prompt_tokens_details: { cached_tokens: cachedTokens },
  completion_tokens: completionTokens,
  total_tokens: promptTokens + completionTokens,
});

/** Where it ran and how fast: an extension that clients pass over. */
export const extension = (route: Route | undefined, { timings }: End) => ({ tabmesh: { route, timings } });
