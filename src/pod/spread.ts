import type { EntryTopic } from './document/statement.ts';
import type { DocumentView } from './document/view.ts';
import type { Spread } from './plan.ts';

/** How the pod's document says what its plans do: the last entry counts, in the order that all agree on. */
export const spreadEntry: { readonly topic: EntryTopic; readonly key: string } = {
  topic: 'setting',
  key: 'spread',
};

/** What an owner or admin has set, at every member; a value that this version does not know changes nothing. */
export function spreadOf(view: DocumentView | undefined): Spread {
  const set = view?.entries.findLast(
    ({ topic, key, value }) => topic === spreadEntry.topic && key === spreadEntry.key && isSpread(value),
  );
  return set ? (set.value as Spread) : 'fast';
}

const isSpread = (value: unknown): value is Spread => value === 'fast' || value === 'wide';
