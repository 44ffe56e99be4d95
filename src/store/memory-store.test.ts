import { expect, test } from 'vitest';
import { createMemoryStore } from './memory-store.ts';
import { runStoreContract } from './store-contract.ts';

runStoreContract('memory', async () => async () => createMemoryStore());

test('says why it is used', () => {
  expect(createMemoryStore().description).toBe('memory');
  expect(createMemoryStore('private window').description).toBe('memory (private window)');
});
