import { readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { sha256Hex } from '../../base/bytes.ts';
import { activationProtocol } from '../activation-frame.ts';
import { podProtocol } from '../pod-message.ts';
import { sliceProtocol } from '../slice-message.ts';

/** A changed schema is a new version: peers of the old one must not be taken for peers of the new. */
test.each([
  ['pod.proto', podProtocol, '/tabmesh/pod/3', 'e9821727c4c88a1280c8a8f4d418addbcafcec48f4358f00b696282fc3df6712'],
  ['activation.proto', activationProtocol, '/tabmesh/activation/3', 'ce177f04b156f1da8f7f3417aeae49129eb757779f14a9a07b7d790d0f786872'],
  ['slice.proto', sliceProtocol, '/tabmesh/slice/1', 'b2083f000375b01d7990ce3f26380dd1c7b219850f876a5f32a897160264bad7'],
])('%s is what its version says', async (file, protocol, name, hash) => {
  const schema = await readFile(new URL(file, import.meta.url));
  expect(protocol.name).toBe(name);
  expect(await sha256Hex(schema), `${file} changed: raise its version and pin the new hash`).toBe(hash);
});
