import { TabmeshError } from '../base/error.ts';

/** Who did not answer, and why. */
export interface Refused {
  /** Within a sentence: "the pod". */
  readonly name: string;
  readonly error: TabmeshError;
  /** It was asked and failed, where others could not be asked at all. */
  readonly asked: boolean;
}

/** The one reason there is, or one error that lists each route with its own. */
export function noRoute(refused: readonly Refused[]): TabmeshError {
  if (refused.length === 1) return refused[0]!.error;
  const telling =
    refused.findLast(({ asked }) => asked) ??
    refused.find(({ error }) => error.kind !== 'not-found') ??
    refused[0];
  const waits = refused.map(({ error }) => error.retryAfterMs).filter(ms => ms !== undefined);
  const list = refused.map(({ name, error }) => `${capital(name)}: ${error.reason}`).join(' ');
  return new TabmeshError(
    telling?.error.kind ?? 'unavailable',
    'router',
    `No route could answer this. ${list}`.trim(),
    waits.length > 0 ? { retryAfterMs: Math.min(...waits) } : {},
  );
}

const capital = (text: string): string => text.slice(0, 1).toUpperCase() + text.slice(1);
