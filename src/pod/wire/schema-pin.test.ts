import { readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { sha256Hex } from '../../base/bytes.ts';
import { activationProtocol } from '../activation-frame.ts';
import { podProtocol } from '../pod-message.ts';

/** A changed schema is a new version: peers of the old one must not be taken for peers of the new. */
test.each([
  ['pod.proto', podProtocol, '/tabmesh/pod/1', 'da6ac13acd1314d6f116a5146173364ca3d015e17757ce18f685def75e552429'],
  ['activation.proto', activationProtocol, '/tabmesh/activation/1', '661a18743971795aa10780d43f7935f6650ddc841450795dae2a7dd08af1574a'],
])('%s is what its version says', async (file, protocol, name, hash) => {
  const schema = await readFile(new URL(file, import.meta.url));
  expect(protocol.name).toBe(name);
  expect(await sha256Hex(schema), `${file} changed: raise its version and pin the new hash`).toBe(hash);
});
