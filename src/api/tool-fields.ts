/** What a request says of tools and of the form of its answer, in OpenAI's words, to the router's. */
import * as v from 'valibot';
import { biasesMax, toolsMax, vocabularyMax } from '../base/limits.ts';
import type { AnswerFormat, JsonSchema, Tool, ToolChoice } from '../router/request.ts';
import { flag, invalidValue } from './fields.ts';

export const toolName = v.pipe(
  v.string('must be a text'),
  v.regex(/^[a-zA-Z0-9_-]{1,64}$/, 'must be 1 to 64 letters, digits, _ or -'),
);
export const schemaObject = v.custom<JsonSchema>(
  value => typeof value === 'object' && value !== null && !Array.isArray(value),
  'must be a JSON schema',
);
export const functionType = v.literal('function', 'must be "function"');

export const callSchema = v.object({
  id: v.pipe(v.string('must be a text'), v.maxLength(256, 'must have at most 256 characters')),
  type: v.nullish(functionType),
  function: v.object({ name: toolName, arguments: v.string('must be JSON as text') }),
});

/** Of a function, in OpenAI's words. */
export const toolEntries = {
  name: toolName,
  description: v.nullish(v.string('must be a text')),
  parameters: v.nullish(schemaObject),
  strict: flag,
};

export const toolList = <Tool extends v.GenericSchema>(tool: Tool) =>
  v.nullish(
    v.pipe(
      v.array(tool, 'must be a list of tools'),
      v.maxLength(toolsMax, `must hold at most ${toolsMax} tools`),
    ),
  );

export const toolFields = {
  tools: toolList(v.object({ type: functionType, function: v.object(toolEntries) })),
  tool_choice: v.nullish(
    v.union(
      [
        v.picklist(['none', 'auto', 'required']),
        v.object({ type: functionType, function: v.object({ name: toolName }) }),
      ],
      'must be "none", "auto", "required" or {"type": "function", "function": {"name": ...}}',
    ),
  ),
  parallel_tool_calls: flag,
  response_format: v.nullish(
    v.variant(
      'type',
      [
        v.object({ type: v.literal('text') }),
        v.object({ type: v.literal('json_object') }),
        v.object({
          type: v.literal('json_schema'),
          json_schema: v.object({ name: toolName, schema: v.nullish(schemaObject), strict: flag }),
        }),
      ],
      'must be "text", "json_object" or "json_schema"',
    ),
  ),
  logit_bias: v.nullish(
    v.pipe(
      v.record(
        v.pipe(v.string(), v.regex(/^\d{1,7}$/, 'must name tokens by their numbers')),
        v.pipe(
          v.number('must be a number from -100 to 100'),
          v.minValue(-100, 'must be at least -100'),
          v.maxValue(100, 'must be at most 100'),
        ),
        'must be an object of token numbers and biases',
      ),
      v.check(value => Object.keys(value).length <= biasesMax, `must hold at most ${biasesMax} tokens`),
      v.check(
        value => Object.keys(value).every(token => Number(token) < vocabularyMax),
        'must name tokens by their numbers',
      ),
    ),
  ),
} as const;

type Fields = v.InferOutput<v.ObjectSchema<typeof toolFields, undefined>>;

/** Throws ApiError(400) where fields contradict each other. */
export function toolRequest(fields: Fields) {
  const tools = (fields.tools ?? []).map(({ function: tool }): Tool => {
    const { description, parameters, strict } = tool;
    return {
      name: tool.name,
      ...(description == null ? {} : { description }),
      parameters: parameters ?? { type: 'object', properties: {} },
      strict: strict ?? false,
    };
  });
  const names = tools.map(tool => tool.name);
  const twice = names.find((each, i) => names.indexOf(each) !== i);
  if (twice !== undefined) throw invalidValue('tools', `has two tools that are called "${twice}"`);
  const choice = choiceOf(fields.tool_choice, names);
  const bias = Object.entries(fields.logit_bias ?? {}).map(([token, each]) => ({
    token: Number(token),
    bias: each,
  }));
  const format = formatOf(fields.response_format);
  return {
    ...(tools.length > 0 ? { tools } : {}),
    ...(choice === undefined ? {} : { toolChoice: choice }),
    ...(fields.parallel_tool_calls == null ? {} : { parallelToolCalls: fields.parallel_tool_calls }),
    ...(format ? { format } : {}),
    ...(bias.length > 0 ? { bias } : {}),
  };
}

function choiceOf(choice: Fields['tool_choice'], names: readonly string[]): ToolChoice | undefined {
  if (choice == null) return undefined;
  if (typeof choice === 'object') {
    const { name } = choice.function;
    if (!names.includes(name))
      throw invalidValue('tool_choice', `names "${name}", which is none of the tools`);
    return { name };
  }
  if (choice === 'required' && names.length === 0)
    throw invalidValue('tool_choice', 'is "required", and there are no tools');
  return choice;
}

function formatOf(format: Fields['response_format']): AnswerFormat | undefined {
  if (format == null || format.type === 'text') return undefined;
  if (format.type === 'json_object') return { kind: 'json' };
  const { name, schema, strict } = format.json_schema;
  return { kind: 'schema', name, schema: schema ?? { type: 'object' }, strict: strict ?? false };
}
