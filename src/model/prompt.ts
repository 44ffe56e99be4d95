import type { ChatMessage, ChatTool } from './chat-tools.ts';
import type { OpenModel } from './open.ts';

/** A conversation as the tokens that the model was trained to answer. */
export function promptTokens(
  { tokenizer, chat }: Pick<OpenModel, 'tokenizer' | 'chat'>,
  messages: readonly ChatMessage[],
  tools?: readonly ChatTool[],
): number[] {
  return textTokens(tokenizer, chat.render(messages, { generationPrompt: true, tools }));
}

/** A text as it stands, whose control tokens count. */
export function textTokens(tokenizer: OpenModel['tokenizer'], text: string): number[] {
  const tokens = tokenizer.encode(text, { special: true, bos: true });
  // Templates write the BOS themselves as often as not; the model has seen one.
  return tokens.length > 1 && tokens[0] === tokenizer.bos && tokens[1] === tokenizer.bos
    ? tokens.slice(1)
    : tokens;
}
