import { spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type ProviderServer, rightKey, startProviderServer } from '../../../tests/cloud/provider-server.ts';

let folder: string;
let server: ProviderServer;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tabmesh-keys-'));
  server = await startProviderServer();
});
afterAll(async () => {
  await server.close();
  await rm(folder, { recursive: true, force: true });
});

async function keys(input: string, ...args: string[]) {
  const child = spawn(process.execPath, ['src/node/cli.ts', 'keys', '--json', ...args], {
    env: { ...process.env, TABMESH_DATA: folder },
  });
  child.stdin.end(input);
  const code = new Promise<number | null>(resolve => child.once('exit', resolve));
  const [out, error] = await Promise.all([text(child.stdout), text(child.stderr)]);
  expect(out + error).not.toContain(rightKey);
  return { code: await code, out: JSON.parse(out), error };
}

test('a key comes in by standard input, is tested, listed without being shown, and removed', async () => {
  const url = `${server.origin}/attic/v1`;
  const set = await keys(`${rightKey}\n`, '--set', 'attic', '--url', url);
  expect(set.out.providers.at(-1)).toEqual({ id: 'attic', baseUrl: url, held: true });
  expect((await keys('', '--test', 'attic')).code).toBe(0);
  expect(server.asked.map(({ path }) => path)).toEqual(['/attic/v1/models']);
  const removed = await keys('', '--remove', 'attic');
  expect(removed.out.providers.filter((each: { held: boolean }) => each.held)).toEqual([]);
  expect(await keys('', '--test', 'attic')).toMatchObject({ code: 1, out: { error: { kind: 'not-found' } } });
  expect(await keys('', '--set', 'openai')).toMatchObject({
    code: 2,
    error: expect.stringContaining('no key'),
  });
}, 60_000);
