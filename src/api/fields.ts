/** What several protocols' bodies are checked by. */
import * as v from 'valibot';
import { stopCharactersMax } from '../base/limits.ts';
import type { Random } from '../base/random.ts';
import type { CompletionRequest } from '../router/request.ts';
import { ApiError } from './errors.ts';

type Sampling = CompletionRequest['sampling'];

export const between = (low: number, high: number) =>
  v.nullish(
    v.pipe(
      v.number(`must be a number from ${low} to ${high}`),
      v.minValue(low, `must be at least ${low}`),
      v.maxValue(high, `must be at most ${high}`),
    ),
  );
export const integer = (low: number, high = Number.MAX_SAFE_INTEGER) =>
  v.pipe(
    v.number('must be a whole number'),
    v.safeInteger('must be a whole number'),
    v.minValue(low, `must be at least ${low}`),
    v.maxValue(high, `must be at most ${high}`),
  );
export const wholeNumber = (low: number, high?: number) => v.nullish(integer(low, high));
export const flag = v.nullish(v.boolean('must be true or false'));

export const modelName = v.pipe(v.string('must name a model'), v.minLength(1, 'must name a model'));
export const callId = v.pipe(
  v.string('must name the call that the tool answers'),
  v.maxLength(256, 'must have at most 256 characters'),
);
export const stopText = v.pipe(
  v.string('must be a text or a list of texts'),
  v.minLength(1, 'must not be empty'),
  v.maxLength(stopCharactersMax, `must have at most ${stopCharactersMax} characters`),
);

/** Checks a body from outside. Throws ApiError(400) that names the field. */
export function readFields<const Schema extends v.GenericSchema>(
  schema: Schema,
  body: unknown,
): v.InferOutput<Schema> {
  const result = v.safeParse(schema, body, { abortEarly: true });
  if (result.success) return result.output;
  const issue = result.issues[0];
  const param = v.getDotPath(issue) ?? 'body';
  const missing = issue.input === undefined;
  const message = missing ? 'is missing' : issue.message;
  throw new ApiError(400, `"${param}" ${message}.`, {
    param,
    code: missing ? 'missing_required_parameter' : 'invalid_value',
  });
}

/** A body as fields. Throws ApiError(400) that says what it needs. */
export function asFields(body: unknown, needs: string): Readonly<Record<string, unknown>> {
  if (typeof body === 'object' && body !== null && !Array.isArray(body))
    return body as Readonly<Record<string, unknown>>;
  throw new ApiError(400, `The body must be a JSON object with ${needs}.`);
}

export const unsupported = (param: string, says: string) =>
  new ApiError(400, `"${param}" is not supported: ${says}.`, { param, code: 'unsupported_parameter' });

export const invalidValue = (param: string, fault: string) =>
  new ApiError(400, `"${param}" ${fault}.`, { param, code: 'invalid_value' });

/**
 * OpenAI's default is 1. The embedded model has 4 MB and wanders at 1, so it is greedy unless asked otherwise: the
 * same question gives the same answer.
 */
const defaultTemperature = (model: string): number => (model === 'guide' ? 0 : 1);

interface SamplingFields {
  readonly model: string;
  readonly temperature?: number | null | undefined;
  readonly top_p?: number | null | undefined;
  readonly top_k?: number | null | undefined;
  readonly min_p?: number | null | undefined;
  readonly seed?: number | null | undefined;
}

export const samplingOf = (fields: SamplingFields, random: Random): Sampling => ({
  temperature: fields.temperature ?? defaultTemperature(fields.model),
  // 0 is allowed and keeps the likeliest token alone.
  topP: Math.max(fields.top_p ?? 1, Number.EPSILON),
  topK: Math.max(fields.top_k ?? 0, 0),
  minP: fields.min_p ?? 0,
  seed: fields.seed ?? Math.floor(random.next() * 2 ** 32),
});
