import * as v from 'valibot';
import type { PeerId, PodId } from '../base/brand.ts';
import { podMembersMax } from '../base/limits.ts';
import type { Store } from '../store/store.ts';
import { type Contact, contacts } from './pod-message.ts';

const key = (self: PeerId, pod: PodId): string => `contacts/${self}/${pod}`;

/** Where the members of a pod were last; none where that cannot be read. */
export async function readContacts(store: Store, self: PeerId, pod: PodId): Promise<Contact[]> {
  try {
    const bytes = await store.get('documents', key(self, pod));
    return bytes ? v.parse(contacts, JSON.parse(new TextDecoder().decode(bytes))) : [];
  } catch {
    return [];
  }
}

export async function keepContacts(
  store: Store,
  self: PeerId,
  pod: PodId,
  known: readonly Contact[],
): Promise<void> {
  const bytes = new TextEncoder().encode(JSON.stringify(known.slice(0, podMembersMax)));
  await store.put('documents', key(self, pod), bytes);
}
