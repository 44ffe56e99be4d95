import { readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { sha256Hex } from '../../base/bytes.ts';
import { guestProtocol } from '../guest/guest-message.ts';
import { completeProtocol } from '../remote/complete-message.ts';

/** A changed schema is a new version: peers of the old one must not be taken for peers of the new. */
test.each([
  ['complete', completeProtocol.name, '475351c6566cdf88b800cd988598e72ec822f342167b21315ad5fd19302aa4f7'],
  ['guest', guestProtocol.name, 'bf3207531433459baf2445fd9b02de398ac9bd1c662273782a2bdd7ed9a3eda3'],
])('%s.proto is what its version says', async (name, protocol, pinned) => {
  const schema = await readFile(new URL(`${name}.proto`, import.meta.url));
  expect(protocol).toBe(`/tabmesh/${name}/1`);
  const changed = `${name}.proto changed: raise its version and pin the new hash`;
  expect(await sha256Hex(schema), changed).toBe(pinned);
});
