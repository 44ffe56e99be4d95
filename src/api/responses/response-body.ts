/** https://platform.openai.com/docs/api-reference/responses/create, as far as it is served. What is not named here is ignored. */
import * as v from 'valibot';
import { likeliestMax } from '../../base/limits.ts';
import type { Random } from '../../base/random.ts';
import type { ChatMessage, CompletionRequest } from '../../router/request.ts';
import { constraintsOf, constraintsSchema } from '../constraints.ts';
import {
  asFields,
  between,
  flag,
  invalidValue,
  modelName,
  readFields,
  samplingOf,
  unsupported,
  wholeNumber,
} from '../fields.ts';
import { functionType, schemaObject, toolEntries, toolList, toolName, toolRequest } from '../tool-fields.ts';
import { isOneOf, type Refused, refuseFields } from '../unsupported.ts';
import { asItems, inputMessages, inputSchema } from './response-input.ts';

export interface ResponseBody {
  /** Its messages are those of this body alone, without instructions. */
  readonly request: CompletionRequest;
  readonly instructions: string | undefined;
  readonly previous: string | undefined;
  readonly stream: boolean;
  readonly store: boolean;
  /** What the response repeats of the request. */
  readonly repeated: Readonly<Record<string, unknown>>;
}

const logprobs = 'message.output_text.logprobs';

const schema = v.object({
  model: modelName,
  input: inputSchema,
  instructions: v.nullish(v.string('must be a text')),
  previous_response_id: v.nullish(v.string('must be a text')),
  tools: toolList(v.object({ type: functionType, ...toolEntries })),
  tool_choice: v.nullish(
    v.union(
      [v.picklist(['none', 'auto', 'required']), v.object({ type: functionType, name: toolName })],
      'must be "none", "auto", "required" or {"type": "function", "name": ...}',
    ),
  ),
  parallel_tool_calls: flag,
  text: v.nullish(
    v.object({
      format: v.nullish(
        v.variant(
          'type',
          [
            v.object({ type: v.literal('text') }),
            v.object({ type: v.literal('json_object') }),
            v.object({ type: v.literal('json_schema'), name: toolName, schema: schemaObject, strict: flag }),
          ],
          'must be "text", "json_object" or "json_schema"',
        ),
      ),
    }),
  ),
  max_output_tokens: wholeNumber(1),
  temperature: between(0, 2),
  top_p: between(0, 1),
  top_logprobs: wholeNumber(0, likeliestMax),
  include: v.nullish(v.array(v.string(), 'must be a list of texts')),
  metadata: v.nullish(
    v.record(v.string(), v.pipe(v.string(), v.maxLength(512)), 'must be an object of texts'),
  ),
  tabmesh: constraintsSchema,
  store: flag,
  stream: flag,
});
type Fields = v.InferOutput<typeof schema>;

const refused: Refused = {
  background: { harmless: isOneOf(false), says: 'an answer is made while somebody waits for it' },
  conversation: { harmless: () => false, says: 'say "previous_response_id" instead' },
  prompt: { harmless: () => false, says: 'there are no stored prompts; say "instructions" and "input"' },
  truncation: { harmless: isOneOf('disabled'), says: 'what is too long is refused, not shortened' },
  tools: {
    harmless: value => !Array.isArray(value) || value.every(tool => isOneOf('function')(tool?.type)),
    says: 'only functions can be tools',
  },
  tool_choice: {
    harmless: value =>
      typeof value !== 'object' || isOneOf(undefined, 'function')((value as { type?: unknown }).type),
    says: 'only a function can be chosen by its name',
  },
};

/** Checks a body from outside. Throws ApiError(400) that names the field. */
export function parseResponseBody(body: unknown, random: Random): ResponseBody {
  const given = asFields(body, '"model" and "input"');
  refuseFields(refused, given);
  const fields = readFields(schema, { ...given, input: asItems(given['input']) });
  const isTold = fields.include?.includes(logprobs) || fields.top_logprobs != null;
  if (fields.include?.some(each => each.endsWith('logprobs') && each !== logprobs))
    throw unsupported('include', `of log-probabilities only "${logprobs}" is told`);
  const sampling = samplingOf(fields, random);
  const messages = inputMessages(fields.input);
  if (messages.length === 0) throw invalidValue('input', 'says nothing');
  return {
    request: {
      model: fields.model,
      messages,
      ...(fields.max_output_tokens == null ? {} : { maxTokens: fields.max_output_tokens }),
      sampling,
      ...(isTold ? { likeliest: fields.top_logprobs ?? 0 } : {}),
      stop: [],
      ...constraintsOf(fields.tabmesh),
      ...toolRequest(inChatWords(fields)),
    },
    instructions: fields.instructions ?? undefined,
    previous: fields.previous_response_id ?? undefined,
    stream: fields.stream ?? false,
    store: fields.store ?? true,
    repeated: repeat(fields, sampling.temperature),
  };
}

export const withInstructions = (
  instructions: string | undefined,
  messages: readonly ChatMessage[],
): readonly ChatMessage[] =>
  instructions === undefined ? messages : [{ role: 'system', content: instructions }, ...messages];

/** Checked in one place for all. */
function inChatWords({ tools, tool_choice: choice, parallel_tool_calls, text }: Fields) {
  const format = text?.format;
  return {
    tools: tools?.map(({ type, ...tool }) => ({ type, function: tool })),
    tool_choice:
      typeof choice === 'object' && choice ? { type: choice.type, function: { name: choice.name } } : choice,
    parallel_tool_calls,
    response_format:
      format?.type === 'json_schema'
        ? {
            type: format.type,
            json_schema: { name: format.name, schema: format.schema, strict: format.strict },
          }
        : format,
    logit_bias: undefined,
  };
}

const repeat = (fields: Fields, temperature: number) => ({
  instructions: fields.instructions ?? null,
  max_output_tokens: fields.max_output_tokens ?? null,
  metadata: fields.metadata ?? {},
  model: fields.model,
  parallel_tool_calls: fields.parallel_tool_calls ?? true,
  previous_response_id: fields.previous_response_id ?? null,
  temperature,
  text: { format: fields.text?.format ?? { type: 'text' } },
  tool_choice: fields.tool_choice ?? 'auto',
  tools: fields.tools ?? [],
  top_p: fields.top_p ?? 1,
  truncation: 'disabled',
});
