import { ApiError } from './errors.ts';

type Fields = Readonly<Record<string, unknown>>;

const isOneOf =
  (...harmless: unknown[]) =>
  (value: unknown) =>
    harmless.includes(value);
const isEmpty = (value: unknown) =>
  typeof value === 'object' && value !== null && Object.keys(value).length === 0;
const has = (value: unknown, key: string, expected: unknown) =>
  typeof value === 'object' && value !== null && (value as Fields)[key] === expected;

/**
 * Fields that would change the meaning of the answer if they were passed over, each with the values at which they
 * change nothing (clients send many of them by default).
 */
const refused: Readonly<Record<string, { harmless: (value: unknown) => boolean; says: string }>> = {
  n: { harmless: isOneOf(1), says: 'one answer is given for a request; send several requests' },
  tools: { harmless: isEmpty, says: 'tools cannot be called yet; ask without them' },
  tool_choice: { harmless: isOneOf('none', 'auto'), says: 'tools cannot be called yet; ask without them' },
  functions: { harmless: isEmpty, says: 'functions cannot be called yet; ask without them' },
  function_call: {
    harmless: isOneOf('none', 'auto'),
    says: 'functions cannot be called yet; ask without them',
  },
  response_format: {
    harmless: value => has(value, 'type', 'text'),
    says: 'answers are plain text; ask for JSON in the message',
  },
  logit_bias: { harmless: isEmpty, says: 'tokens cannot be biased; leave it out' },
  frequency_penalty: { harmless: isOneOf(0), says: 'penalties are not applied; leave it out' },
  presence_penalty: { harmless: isOneOf(0), says: 'penalties are not applied; leave it out' },
  audio: { harmless: () => false, says: 'answers are text, not sound' },
  modalities: {
    harmless: value => Array.isArray(value) && value.every(isOneOf('text')),
    says: 'answers are text only',
  },
  web_search_options: { harmless: () => false, says: 'there is no web search yet' },
};

const textRoles = ['system', 'developer', 'user', 'assistant'];

/** Throws ApiError(400) with a sentence for what is well formed but not served. */
export function refuseUnsupported(body: Fields): void {
  for (const [field, { harmless, says }] of Object.entries(refused)) {
    const value = Object.hasOwn(body, field) ? body[field] : undefined;
    if (value !== undefined && value !== null && !harmless(value)) throw unsupported(field, says);
  }
  const messages = Array.isArray(body['messages']) ? body['messages'] : [];
  messages.forEach((message, index) => {
    if (typeof message !== 'object' || message === null) return;
    const { role, content, tool_calls: calls } = message as Fields;
    if (role === 'tool' || role === 'function' || (Array.isArray(calls) && calls.length > 0))
      throw unsupported(`messages.${index}.role`, 'tools cannot be called yet; ask without them');
    const parts = Array.isArray(content) ? content : [];
    const other = parts.findIndex(part => typeof part?.type === 'string' && part.type !== 'text');
    if (other >= 0 && textRoles.includes(role as string))
      throw unsupported(`messages.${index}.content.${other}`, 'only text is read: no images, sound or files');
  });
}

const unsupported = (param: string, says: string) =>
  new ApiError(400, `"${param}" is not supported: ${says}.`, { param, code: 'unsupported_parameter' });
