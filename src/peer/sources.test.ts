import { expect, test } from 'vitest';
import type { ModelId } from '../base/brand.ts';
import { TabmeshError } from '../base/error.ts';
import { Sources } from './sources.ts';

const refuse: typeof fetch = async url => {
  throw new TabmeshError('denied', 'node', `asked ${url}`);
};
/** Nothing listens there. */
const named = 'http://127.0.0.1:65000/model.gguf';

test('what others named is asked for by the fetch that is meant for them', async () => {
  const sources = new Sources(refuse);
  const size = sources.resolve(named as ModelId).size();
  await expect(size).rejects.toMatchObject({ kind: 'denied', reason: `asked ${named}` });
});

test("what this peer's own person named is not", async () => {
  const sources = new Sources(refuse);
  const id = sources.addGiven(named);
  await expect(sources.resolve(id).size(AbortSignal.timeout(200))).rejects.not.toMatchObject({
    kind: 'denied',
  });
});

test('a file of another peer is not on this one', () => {
  expect(() => new Sources().resolve('file:1' as ModelId)).toThrow(/not on this peer/);
});
