import { readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { sha256Hex } from '../../base/bytes.ts';
import { completeProtocol } from '../remote/complete-message.ts';

/** A changed schema is a new version: peers of the old one must not be taken for peers of the new. */
test('complete.proto is what its version says', async () => {
  const schema = await readFile(new URL('complete.proto', import.meta.url));
  expect(completeProtocol.name).toBe('/tabmesh/complete/1');
  expect(await sha256Hex(schema), 'complete.proto changed: raise its version and pin the new hash').toBe(
    '431be014775b51fd84ad07771ffad7c4b31680cdfbbb07b7ae5daab7187d2bb2',
  );
});
