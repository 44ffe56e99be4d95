import { createDesk } from '../../src/pod/document/desk.ts';
import type { DocumentParts } from '../../src/pod/document/pod-document.ts';
import { createMemoryStore } from '../../src/store/memory-store.ts';

/** For a peer that stays alone. */
export const noDocuments = (): Omit<DocumentParts, 'self'> => {
  const alone = () => Promise.reject(new Error('this peer stays alone'));
  return {
    desk: createDesk(alone, () => undefined),
    store: createMemoryStore(),
    publicKeyOf: () => undefined,
    sign: alone,
    date: () => 0,
  };
};
