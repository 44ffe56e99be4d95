import { spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, expect, test } from 'vitest';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tabmesh-key-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function key(...args: string[]) {
  const child = spawn(process.execPath, ['src/node/cli.ts', 'key', '--json', ...args], {
    env: { ...process.env, TABMESH_DATA: folder },
  });
  const code = new Promise<number | null>(resolve => child.once('exit', resolve));
  const [out, error] = await Promise.all([text(child.stdout), text(child.stderr)]);
  return { code: await code, out: JSON.parse(out), error };
}

test('a key is made, shown once, listed with its rights, and revoked', async () => {
  const made = await key(
    '--make',
    'laptop',
    '--per-minute',
    '5',
    '--cents-per-day',
    '2.5',
    '--models',
    'guide, x',
  );
  expect(made.out.key).toMatch(/^pk_/);
  const { out } = await key();
  expect(out.keys).toMatchObject([
    {
      id: made.out.id,
      name: 'laptop',
      revoked: false,
      perMinute: 5,
      centsPerDay: 2.5,
      models: ['guide', 'x'],
    },
  ]);
  expect(JSON.stringify(out)).not.toContain(made.out.key);
  expect((await key('--revoke', made.out.id)).out.keys).toMatchObject([{ revoked: true }]);
  expect(await key('--revoke', made.out.id)).toMatchObject({
    code: 1,
    out: { error: { kind: 'not-found' } },
  });
  expect((await key('--clear')).out.keys).toEqual([]);
  expect(await key('--per-minute', '5')).toMatchObject({ code: 2 });
}, 60_000);
