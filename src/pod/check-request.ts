import { TabmeshError } from '../base/error.ts';
import type { Model } from '../model/model.ts';
import type { GenerateRequest } from './pod.ts';

/** Throws TabmeshError('invalid', 'pod'). */
export function checkRequest({ prompt, maxTokens }: GenerateRequest, { hyper }: Model): void {
  const invalid = (reason: string) => new TabmeshError('invalid', 'pod', reason);
  if (prompt.length === 0) throw invalid('The prompt is empty.');
  if (prompt.length >= hyper.context) {
    throw invalid(
      `The prompt has ${prompt.length} tokens and the model reads at most ${hyper.context}, answer included. Shorten it.`,
    );
  }
  if (!Number.isInteger(maxTokens) || maxTokens < 1) throw invalid('At least one token must be asked for.');
  if (prompt.some(token => !Number.isInteger(token) || token < 0 || token >= hyper.vocabulary)) {
    throw invalid(`The prompt holds a token that is not in the vocabulary of ${hyper.vocabulary}.`);
  }
}
