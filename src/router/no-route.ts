import { TabmeshError } from '../base/error.ts';

/** Who did not answer, and why. */
export interface Refused {
  /** Within a sentence: "the pod". */
  readonly name: string;
  readonly error: TabmeshError;
  /** It was asked and failed, where others could not be asked at all. */
  readonly asked: boolean;
}

const lacksModel = ({ error, asked }: Refused): boolean => !asked && error.kind === 'not-found';

/**
 * The reason of the only route there is, or one error that lists each route with its own. Those that only do not have the model come last
 * and together, where another has it.
 */
export function noRoute(all: readonly Refused[]): TabmeshError {
  if (all.length === 1) return all[0]!.error;
  const having = all.filter(each => !lacksModel(each));
  const refused = having.length > 0 ? having : all;
  const telling = refused.findLast(({ asked }) => asked) ?? refused[0];
  const waits = refused.map(({ error }) => error.retryAfterMs).filter(ms => ms !== undefined);
  const list = refused.map(({ name, error }) => `${capital(name)}: ${error.reason}`);
  if (refused.length < all.length) list.push(`${capital(namesOf(all.filter(lacksModel)))}: no such model.`);
  return new TabmeshError(
    telling?.error.kind ?? 'unavailable',
    'router',
    `No route could answer this. ${list.join(' ')}`.trim(),
    waits.length > 0 ? { retryAfterMs: Math.min(...waits) } : {},
  );
}

/** Why it did not go to those that have the model and would have come first; empty where there is none. */
export const passedOver = (refused: readonly Refused[]): string =>
  refused
    .filter(each => !lacksModel(each))
    .map(({ name, error }) => `Not ${name}: ${error.reason}`)
    .join(' ');

const capital = (text: string): string => text.slice(0, 1).toUpperCase() + text.slice(1);
const namesOf = (refused: readonly Refused[]): string => refused.map(({ name }) => name).join(', ');
