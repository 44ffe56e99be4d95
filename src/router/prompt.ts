import { TabmeshError } from '../base/error.ts';
import { contextPositionsMax } from '../base/limits.ts';
import type { OpenModel } from '../model/open.ts';
import { promptTokens, textTokens } from '../model/prompt.ts';
import type { Tokenizer } from '../model/tokenizer.ts';
import type { CompletionRequest, Tool } from './request.ts';

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
  const context = Math.min(open.model.hyper.context, contextPositionsMax);
  const tokens =
    request.prompt === undefined ? talk(open, request, context) : goOn(open, request.prompt, context);
  const room = context - tokens.length;
  if (room < 1) throw noRoom(open, context, `${tokens.length} tokens`);
  return { tokens, maxTokens: Math.min(request.maxTokens ?? room, room) };
}

function talk(open: OpenModel, request: CompletionRequest, context: number): readonly number[] {
  refuseHopeless(open, request, context);
  return promptTokens(open, request.messages, toolsOf(request));
}

function goOn(open: OpenModel, prompt: string | readonly number[], context: number): readonly number[] {
  const { vocabulary } = open.model.hyper;
  if (typeof prompt !== 'string') {
    const strange = prompt.find(token => token >= vocabulary);
    if (strange === undefined) return prompt;
    const reason = `The prompt names token ${strange}, and ${open.model.name} has tokens from 0 to ${vocabulary - 1}.`;
    throw new TabmeshError('invalid', 'router', reason);
  }
  if (prompt.length > context * longestToken(open.tokenizer, vocabulary))
    throw noRoom(open, context, `${prompt.length} characters`);
  return textTokens(open.tokenizer, prompt);
}

/** A model that is not to call any is not told of them. */
export const toolsOf = ({ tools, toolChoice }: CompletionRequest): readonly Tool[] | undefined =>
  tools?.length && toolChoice !== 'none' ? tools : undefined;

/** Tokenizing 1 MB of digits holds a thread for 2 s, so what no tokens could hold is refused by its length alone. */
function refuseHopeless(open: OpenModel, request: CompletionRequest, context: number): void {
  const { messages } = request;
  const tools = toolsOf(request);
  const written = JSON.stringify([messages, tools ?? []]).length;
  if (written <= context) return;
  // A template may leave out parts of what was written.
  const { length } = open.chat.render(messages, { generationPrompt: true, tools });
  const longest = longestToken(open.tokenizer, open.model.hyper.vocabulary);
  if (length > context * longest) throw noRoom(open, context, `${length} characters`);
}

const noRoom = ({ model }: OpenModel, context: number, length: string) =>
  new TabmeshError(
    'invalid',
    'router',
    `This conversation is ${length} long and ${model.name} holds ${context} tokens, so there is no room for an answer. Shorten it or start a new one.`,
  );

const known = new WeakMap<Tokenizer, number>();

/** Characters at most that one token stands for. A vocabulary of 150,000 takes 0.15 s, once. */
function longestToken(tokenizer: Tokenizer, vocabulary: number): number {
  let longest = known.get(tokenizer) ?? 0;
  if (longest > 0) return longest;
  for (let token = 0; token < vocabulary; token++)
    longest = Math.max(longest, tokenizer.decode([token], { special: true }).length);
  // `decode` takes off a space that may stand in front.
  longest++;
  known.set(tokenizer, longest);
  return longest;
}
