/** A request as JSON for another peer, which checks every field of it. */
import * as v from 'valibot';
import { TabmeshError } from '../../base/error.ts';
import {
  completeToolsMax,
  messagesMax,
  requestBodyBytesMax,
  stopCharactersMax,
  stopSequencesMax,
  textCharactersMax,
} from '../../base/limits.ts';
import type { CompletionRequest } from '../request.ts';

const name = v.pipe(v.string(), v.nonEmpty(), v.maxLength(textCharactersMax));
const between = (low: number, high: number) => v.pipe(v.number(), v.minValue(low), v.maxValue(high));
const whole = (low: number) => v.pipe(v.number(), v.safeInteger(), v.minValue(low));
const json = v.record(v.string(), v.unknown());

const schema = v.strictObject({
  model: name,
  messages: v.pipe(
    v.array(
      v.strictObject({
        role: v.picklist(['system', 'user', 'assistant', 'tool']),
        content: v.string(),
        toolCalls: v.exactOptional(
          v.pipe(
            v.array(v.strictObject({ id: name, name, arguments: v.string() })),
            v.maxLength(completeToolsMax),
          ),
        ),
        toolCallId: v.exactOptional(name),
      }),
    ),
    v.minLength(1),
    v.maxLength(messagesMax),
  ),
  maxTokens: v.exactOptional(whole(1)),
  sampling: v.strictObject({
    temperature: between(0, 2),
    topK: whole(0),
    topP: between(0, 1),
    minP: between(0, 1),
    seed: v.pipe(v.number(), v.safeInteger()),
  }),
  stop: v.pipe(
    v.array(v.pipe(v.string(), v.nonEmpty(), v.maxLength(stopCharactersMax))),
    v.maxLength(stopSequencesMax),
  ),
  tools: v.exactOptional(
    v.pipe(
      v.array(
        v.strictObject({
          name,
          description: v.exactOptional(v.string()),
          parameters: json,
          strict: v.boolean(),
        }),
      ),
      v.maxLength(completeToolsMax),
    ),
  ),
  toolChoice: v.exactOptional(v.union([v.picklist(['none', 'auto', 'required']), v.strictObject({ name })])),
  parallelToolCalls: v.exactOptional(v.boolean()),
  format: v.exactOptional(
    v.variant('kind', [
      v.strictObject({ kind: v.literal('json') }),
      v.strictObject({ kind: v.literal('schema'), name, schema: json, strict: v.boolean() }),
    ]),
  ),
  penalties: v.exactOptional(
    v.strictObject({ frequency: between(-2, 2), presence: between(-2, 2), repetition: between(0, 10) }),
  ),
});

/**
 * Constraints and the purse are the asker's to hold and stay with it. Throws TabmeshError('unsupported') where likelihoods are wanted or tokens
 * are named by number, since neither travels; 'full' beyond the limit.
 */
export function encodeRequest(request: CompletionRequest): Uint8Array<ArrayBuffer> {
  const { likeliest, bias, constraints: _, purse: __, ...rest } = request;
  if (likeliest !== undefined || (bias?.length ?? 0) > 0)
    throw new TabmeshError(
      'unsupported',
      'router',
      'Another peer passes on no logprobs and takes no logit_bias. Ask without them, or with a key of your own.',
    );
  const bytes = new TextEncoder().encode(JSON.stringify(rest));
  if (bytes.length <= requestBodyBytesMax) return bytes as Uint8Array<ArrayBuffer>;
  const reason = 'This conversation is too long to be sent to another peer. Shorten it or start a new one.';
  throw new TabmeshError('full', 'router', reason);
}

/** Throws TabmeshError('invalid', 'router') for anything else. */
export function decodeRequest(bytes: Uint8Array): CompletionRequest {
  try {
    return v.parse(schema, JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes)));
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new TabmeshError('invalid', 'router', `The request is malformed (${reason.slice(0, 200)}).`, {
      cause: error,
    });
  }
}
