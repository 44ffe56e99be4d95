import { TabmeshError } from '../base/error.ts';
import type { OpenModel } from '../model/open.ts';
import type { Steering } from '../pod/pod.ts';
import { answerGrammar } from './answer-grammar.ts';
import type { Grammars } from './grammar/grammars.ts';
import type { CompletionRequest } from './request.ts';
import { createSteering } from './steering.ts';

export interface HeldRequest {
  readonly steering: Steering | undefined;
  /** Control tokens that the model writes its calls with. */
  readonly marks: ReadonlySet<number>;
  close(): void;
}

/**
 * What a request wants its answer to keep to, made ready for this model. Throws TabmeshError('invalid', 'router') for what cannot
 * be held; close it after the answer.
 */
export async function holdRequest(
  { tokenizer, chat, model }: OpenModel,
  request: CompletionRequest,
  prompt: readonly number[],
  grammars: Grammars,
  signal?: AbortSignal,
): Promise<HeldRequest> {
  const { vocabulary } = model.hyper;
  const strange = request.bias?.find(({ token }) => token >= vocabulary);
  if (strange) {
    const reason = `A bias names token ${strange.token}, and ${model.name} has tokens from 0 to ${vocabulary - 1}.`;
    throw new TabmeshError('invalid', 'router', reason);
  }
  const grammar = answerGrammar(request, chat.calls);
  const marks =
    grammar && request.tools?.length ? controlTokens(tokenizer, chat.calls.marks) : new Set<number>();
  const held = grammar && (await grammars.begin(grammar, tokenizer, vocabulary, marks, signal));
  return {
    steering: createSteering(request, prompt, held),
    marks,
    close: () => held?.close(),
  };
}

function controlTokens(tokenizer: OpenModel['tokenizer'], texts: readonly string[]): Set<number> {
  const found = texts.map(text => tokenizer.encode(text, { special: true, bos: false }));
  const single = found.filter(tokens => tokens.length === 1).map(([token]) => token!);
  return new Set(single.filter(token => tokenizer.piece(token).bytes === undefined));
}
