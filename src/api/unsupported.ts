import { unsupported } from './fields.ts';

type Fields = Readonly<Record<string, unknown>>;

export const isOneOf =
  (...harmless: unknown[]) =>
  (value: unknown) =>
    harmless.includes(value);
const isEmpty = (value: unknown) =>
  typeof value === 'object' && value !== null && Object.keys(value).length === 0;

/** By the name of a field: which values change nothing, and why others are not served. */
export type Refused = Readonly<Record<string, { harmless: (value: unknown) => boolean; says: string }>>;

/**
 * Fields that would change the meaning of the answer if they were passed over, each with the values at which they
 * change nothing (clients send many of them by default).
 */
const refused: Refused = {
  n: { harmless: isOneOf(1), says: 'one answer is given for a request; send several requests' },
  functions: { harmless: isEmpty, says: 'say "tools" instead' },
  function_call: { harmless: isOneOf('none', 'auto'), says: 'say "tool_choice" instead' },
  tools: {
    harmless: value =>
      !Array.isArray(value) || value.every(tool => isOneOf(undefined, 'function')(tool?.type)),
    says: 'only functions can be tools',
  },
  tool_choice: {
    harmless: value => isOneOf(undefined, 'function')((value as Fields)['type']),
    says: 'only a function can be chosen by its name',
  },
  audio: { harmless: () => false, says: 'answers are text, not sound' },
  modalities: {
    harmless: value => Array.isArray(value) && value.every(isOneOf('text')),
    says: 'answers are text only',
  },
  web_search_options: { harmless: () => false, says: 'there is no web search yet' },
};

const textRoles = ['system', 'developer', 'user', 'assistant', 'tool'];

/** Throws ApiError(400) with a sentence for what is well formed but not served. */
export function refuseUnsupported(body: Fields): void {
  refuseFields(refused, body);
  const messages = Array.isArray(body['messages']) ? body['messages'] : [];
  messages.forEach((message, index) => {
    if (typeof message !== 'object' || message === null) return;
    const { role, content, function_call: call } = message as Fields;
    if (role === 'function') throw unsupported(`messages.${index}.role`, 'say "tool" instead');
    if (call !== undefined && call !== null)
      throw unsupported(`messages.${index}.function_call`, 'say "tool_calls" instead');
    const parts = Array.isArray(content) ? content : [];
    const other = parts.findIndex(part => typeof part?.type === 'string' && part.type !== 'text');
    if (other >= 0 && textRoles.includes(role as string))
      throw unsupported(`messages.${index}.content.${other}`, 'only text is read: no images, sound or files');
  });
}

export function refuseFields(fields: Refused, body: Fields): void {
  for (const [field, { harmless, says }] of Object.entries(fields)) {
    const value = Object.hasOwn(body, field) ? body[field] : undefined;
    if (value !== undefined && value !== null && !harmless(value)) throw unsupported(field, says);
  }
}
