/** https://platform.openai.com/docs/api-reference/completions/create, as far as it is served. What is not named here is ignored. */
import * as v from 'valibot';
import { completionLikeliestMax, contextPositionsMax, promptsMax, vocabularyMax } from '../base/limits.ts';
import type { Random } from '../base/random.ts';
import type { CompletionRequest } from '../router/request.ts';
import { asFields, flag, modelName, readFields, unsupported, wholeNumber } from './fields.ts';
import { toolFields, toolRequest } from './tool-fields.ts';
import { isOneOf, type Refused, refuseFields } from './unsupported.ts';
import { comingOf, wishesOf, wishFields } from './wishes.ts';

export interface TextBody {
  /** One for each prompt. */
  readonly requests: readonly CompletionRequest[];
  readonly stream: boolean;
  readonly includeUsage: boolean;
  /** The prompts stand in front of their answers. */
  readonly echo: boolean;
}

/** OpenAI's, since what clients expect to be short would else be as long as the context. */
const defaultMaxTokens = 16;

const text = v.pipe(v.string(), v.minLength(1, 'must not be empty'));
const tokens = v.pipe(
  v.array(v.pipe(v.number(), v.safeInteger(), v.minValue(0), v.maxValue(vocabularyMax - 1))),
  v.minLength(1, 'must not be empty'),
  v.maxLength(contextPositionsMax, `must hold at most ${contextPositionsMax} tokens`),
);
const several = <const Each extends v.GenericSchema>(each: Each) =>
  v.pipe(v.array(each), v.minLength(1), v.maxLength(promptsMax, `must hold at most ${promptsMax} prompts`));

const { response_format, logit_bias } = toolFields;
const schema = v.object({
  model: modelName,
  prompt: v.union(
    [text, several(text), tokens, several(tokens)],
    `must be a text, a list of tokens, or a list of at most ${promptsMax} of either, none of them empty`,
  ),
  max_tokens: wholeNumber(1),
  logprobs: wholeNumber(0, completionLikeliestMax),
  echo: flag,
  ...wishFields,
  response_format,
  logit_bias,
});

const refused: Refused = {
  n: { harmless: isOneOf(1), says: 'one answer is given for a prompt; send several prompts' },
  best_of: { harmless: isOneOf(1), says: 'one answer is made for a prompt' },
  suffix: {
    harmless: isOneOf(''),
    says: "text is gone on from, not put in between; write the model's own marks for that into the prompt",
  },
};

const noTools = { tools: null, tool_choice: null, parallel_tool_calls: null };

/** Checks a body from outside. Throws ApiError(400) that names the field. */
export function parseTextBody(body: unknown, random: Random): TextBody {
  refuseFields(refused, asFields(body, '"model" and "prompt"'));
  const fields = readFields(schema, body);
  const { prompt, logprobs } = fields;
  const prompts = promptsOf(prompt);
  const echo = fields.echo ?? false;
  if (echo && prompts.some(each => typeof each !== 'string'))
    throw unsupported('echo', 'tokens are not turned back into text; send the prompt as text');
  if (echo && logprobs != null)
    throw unsupported('echo', 'how likely the tokens of a prompt were is not told; leave "logprobs" out');
  const shared = {
    model: fields.model,
    messages: [],
    maxTokens: fields.max_tokens ?? defaultMaxTokens,
    ...(logprobs == null ? {} : { likeliest: logprobs }),
    ...wishesOf(fields, random),
    ...toolRequest({ ...noTools, response_format: fields.response_format, logit_bias: fields.logit_bias }),
  };
  return {
    requests: prompts.map(each => ({ ...shared, prompt: each })),
    ...comingOf(fields),
    echo,
  };
}

type Prompt = string | readonly number[];

const promptsOf = (prompt: Prompt | readonly Prompt[]): readonly Prompt[] =>
  typeof prompt === 'string' || typeof prompt[0] === 'number' ? [prompt as Prompt] : (prompt as Prompt[]);
