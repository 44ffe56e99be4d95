/** What providers answer instead of text, as our errors with the next step. */
import * as v from 'valibot';
import { TabmeshError } from '../../base/error.ts';
import { providerWordsMax } from '../../base/limits.ts';
import type { Provider } from './providers.ts';

/** The shapes of OpenAI, OpenRouter and Anthropic; Gemini wraps its own in a list. */
const problemSchema = v.object({
  error: v.object({
    message: v.string(),
    code: v.nullish(v.union([v.string(), v.number()])),
    type: v.nullish(v.string()),
  }),
});
export type Problem = v.InferOutput<typeof problemSchema>['error'];

export function readProblem(json: unknown): Problem | undefined {
  const parsed = v.safeParse(problemSchema, Array.isArray(json) ? json[0] : json);
  return parsed.success ? parsed.output.error : undefined;
}

export interface Refusal {
  readonly status: number;
  readonly problem: Problem | undefined;
  readonly retryAfterMs: number | undefined;
}

export function providerError(provider: Provider, { status, problem, retryAfterMs }: Refusal): TabmeshError {
  const { name } = provider;
  const said = problem ? ` It says: ${quoted(problem.message)}` : '';
  const fail = (kind: TabmeshError['kind'], reason: string, more: { retryAfterMs?: number } = {}) =>
    new TabmeshError(kind, 'router', `${reason}${said}`, more);
  if (isTooLong(problem) || status === 413)
    return fail('invalid', `This conversation is too long for ${name}. Shorten it or start a new one.`);
  switch (status) {
    case 401:
      return fail('denied', `${name} does not accept the key. ${newKey(provider)}`);
    case 402:
      return fail(
        'full',
        `The account at ${name} is out of credit. Add some there, or choose another model.`,
      );
    case 403:
      return fail('denied', `${name} refuses this (403). Check what the key is allowed to do.`);
    case 404:
      return fail('not-found', `${name} knows no such model or address. Choose one that it lists.`);
    case 408:
    case 504:
      return fail('timeout', `${name} took too long (${status}). Ask again.`);
    case 429: {
      const when = retryAfterMs === undefined ? 'a moment' : `${Math.ceil(retryAfterMs / 1000)} s`;
      const more = retryAfterMs === undefined ? {} : { retryAfterMs };
      return fail(
        'full',
        `${name} answers no more for now: its limit for this key is used up (429). Ask again in ${when}.`,
        more,
      );
    }
  }
  if (status >= 500) {
    const more = retryAfterMs === undefined ? {} : { retryAfterMs };
    return fail('unavailable', `${name} has a problem of its own (${status}). Ask again later.`, more);
  }
  return fail('unsupported', `${name} refuses the request (${status}).`);
}

const isTooLong = (problem: Problem | undefined): boolean =>
  problem !== undefined &&
  (problem.code === 'context_length_exceeded' ||
    /maximum context length|context length exceeded|prompt is too long/i.test(problem.message));

const newKey = ({ keyPage }: Provider): string =>
  keyPage === undefined ? 'Set a right one.' : `Set a right one; you get it at ${keyPage}.`;

/** Words of others, on one line and not too many. */
const quoted = (text: string): string => {
  const line = text.replaceAll(/\p{C}+|\s+/gu, ' ').trim();
  const end = line.length > providerWordsMax ? '…' : '';
  return `"${line.slice(0, providerWordsMax)}${end}"`;
};

/**
 * A failed fetch. Browsers hide answers without CORS headers, so that a wrong key looks like no connection; Node says
 * what happened in the error's cause, which browsers leave out.
 */
export function unreachable({ name }: Provider, error: unknown): TabmeshError {
  const cause = (error as { cause?: unknown } | undefined)?.cause;
  const reason =
    cause === undefined
      ? `${name} cannot be reached, or it refused and this browser may not read why: some providers answer errors without leave for pages (CORS), and a wrong key looks like this. Check the connection and the key.`
      : `${name} cannot be reached (${(cause as { code?: string }).code ?? 'no connection'}). Check the connection and the address.`;
  return new TabmeshError('unavailable', 'router', reason, { cause: error });
}

/** Seconds or a date (RFC 9110, 10.2.3); undefined where it says neither, or CORS hides it. */
export function retryAfterMs(headers: Headers, now: number): number | undefined {
  const text = headers.get('retry-after');
  if (text === null) return undefined;
  const ms = /^\d{1,9}(\.\d+)?$/.test(text) ? Number(text) * 1000 : Date.parse(text) - now;
  return Number.isNaN(ms) ? undefined : Math.max(0, ms);
}
