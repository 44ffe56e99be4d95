/** A conversation to the one text that the model was trained to continue. */
import { TabmeshError } from '../base/error.ts';
import { BoundedTemplate } from './bounded-template.ts';
import { type CallStyle, callStyleOf, hermesCalls } from './call-style.ts';
import {
  type ChatMessage,
  type ChatTool,
  taughtMessages,
  templateMessages,
  toolObject,
} from './chat-tools.ts';
import type { Metadata } from './metadata.ts';

export interface ChatTemplate {
  /** Throws TabmeshError('unsupported', 'model') where the model's template cannot be run on these messages. */
  render(
    messages: readonly ChatMessage[],
    options: { readonly generationPrompt: boolean; readonly tools?: readonly ChatTool[] | undefined },
  ): string;
  /** How the model calls tools: as its template has it, or as `render` tells it where its template knows none. */
  readonly calls: CallStyle;
}

interface PlainMessage {
  readonly role: string;
  readonly content: string;
}
type Render = (messages: readonly PlainMessage[], generationPrompt: boolean) => string;

/** The file's own template; without one ChatML where the vocabulary has its tokens, and else plain lines. */
export function createChatTemplate(metadata: Metadata): ChatTemplate {
  const tokens = metadata.texts('tokenizer.ggml.tokens');
  if (metadata.has('tokenizer.chat_template')) return fromFile(metadata, tokens);
  const render = tokens.includes('<|im_start|>') ? chatMl : plain;
  return {
    calls: hermesCalls,
    render: (messages, { generationPrompt, tools }) =>
      render(taughtMessages(messages, tools), generationPrompt),
  };
}

const chatMl: Render = (messages, generationPrompt) =>
  messages.map(({ role, content }) => `<|im_start|>${role}\n${content}<|im_end|>\n`).join('') +
  (generationPrompt ? '<|im_start|>assistant\n' : '');

const plain: Render = (messages, generationPrompt) =>
  messages.map(({ role, content }) => `${role}: ${content}\n`).join('') +
  (generationPrompt ? 'assistant:' : '');

function fromFile(metadata: Metadata, tokens: readonly string[]): ChatTemplate {
  const source = metadata.text('tokenizer.chat_template');
  const textOf = (name: string) =>
    metadata.has(`tokenizer.ggml.${name}_token_id`)
      ? tokens[metadata.integer(`tokenizer.ggml.${name}_token_id`, 0, tokens.length - 1)]
      : '';
  const constants = { bos_token: textOf('bos'), eos_token: textOf('eos') };
  let template: BoundedTemplate | undefined;
  const attempt = (variables: { readonly messages: readonly PlainMessage[] }) => {
    template ??= new BoundedTemplate(source);
    return template.render({ ...constants, ...variables });
  };
  const style = callStyleOf(source);
  return {
    calls: style ?? hermesCalls,
    render(given, { generationPrompt, tools }) {
      const messages = style ? templateMessages(given, style) : taughtMessages(given, tools);
      const shown = style && tools?.length ? { tools: tools.map(toolObject) } : {};
      const variables = { add_generation_prompt: generationPrompt, ...shown };
      try {
        return attempt({ ...variables, messages });
      } catch (first) {
        // Gemma and early Mistral templates refuse the system role: there it stands in front of the first question.
        const merged = withoutSystem(messages);
        if (merged === undefined) throw failed(first);
        try {
          return attempt({ ...variables, messages: merged });
        } catch {
          throw failed(first);
        }
      }
    },
  };
}

function withoutSystem(messages: readonly PlainMessage[]): PlainMessage[] | undefined {
  const system = messages.filter(message => message.role === 'system').map(message => message.content);
  const others = messages.filter(message => message.role !== 'system');
  const user = others.findIndex(message => message.role === 'user');
  if (system.length === 0 || user < 0) return undefined;
  const content = [...system, others[user]!.content].join('\n\n');
  return others.with(user, { role: 'user', content });
}

function failed(cause: unknown): TabmeshError {
  const fault = (cause instanceof Error ? cause.message : String(cause)).slice(0, 200);
  const reason = `The model's chat template cannot be run on this conversation: ${fault}`;
  return new TabmeshError('unsupported', 'model', reason, { cause });
}
