/** How an answer is drawn, when it ends and how it comes: what OpenAI's chat and plain completions have in common. */
import * as v from 'valibot';
import { stopCharactersMax, stopSequencesMax } from '../base/limits.ts';
import type { Random } from '../base/random.ts';
import { constraintsOf, constraintsSchema } from './constraints.ts';
import { between, flag, samplingOf, stopText, wholeNumber } from './fields.ts';

export const wishFields = {
  temperature: between(0, 2),
  top_p: between(0, 1),
  min_p: between(0, 1),
  // vLLM's clients say -1 for all, llama.cpp's say 0.
  top_k: wholeNumber(-1),
  seed: wholeNumber(Number.MIN_SAFE_INTEGER),
  frequency_penalty: between(-2, 2),
  presence_penalty: between(-2, 2),
  repetition_penalty: between(0.01, 10),
  stop: v.nullish(
    v.union(
      [
        stopText,
        v.pipe(
          v.array(stopText),
          v.maxLength(stopSequencesMax, `must hold at most ${stopSequencesMax} texts`),
        ),
      ],
      `must be a text or a list of at most ${stopSequencesMax} texts, each of 1 to ${stopCharactersMax} characters`,
    ),
  ),
  tabmesh: constraintsSchema,
  stream: flag,
  stream_options: v.nullish(v.object({ include_usage: flag })),
} as const;

type Fields = v.InferOutput<v.ObjectSchema<typeof wishFields, undefined>>;

export const wishesOf = (fields: Fields & { readonly model: string }, random: Random) => ({
  sampling: samplingOf(fields, random),
  stop: fields.stop == null ? [] : [fields.stop].flat(),
  ...constraintsOf(fields.tabmesh),
  penalties: {
    frequency: fields.frequency_penalty ?? 0,
    presence: fields.presence_penalty ?? 0,
    repetition: fields.repetition_penalty ?? 1,
  },
});

export const comingOf = ({ stream, stream_options: options }: Fields) => ({
  stream: stream ?? false,
  includeUsage: options?.include_usage ?? false,
});
