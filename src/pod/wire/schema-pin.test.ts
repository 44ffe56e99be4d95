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
  ['slice.proto', sliceProtocol, '/tabmesh/slice/2', '3fc1241b35a134eaf3c01a8c8fdac20796d266ed3ae800c7f7bf54073b8e1202'],
])('%s is what its version says', async (file, protocol, name, hash) => {
  const schema = await readFile(new URL(file, import.meta.url));
  expect(protocol.name).toBe(name);
  expect(await sha256Hex(schema), `${file} changed: raise its version and pin the new hash`).toBe(hash);
});
