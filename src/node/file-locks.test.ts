import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { fileLocks } from './file-locks.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tabmesh-locks-'));
});
afterAll(() => rm(folder, { recursive: true }));

const available = async (name: string) =>
  (await fileLocks(folder).request(name, { ifAvailable: true }, async lock => lock !== null)) as boolean;

test('a held lock is refused to others and free again afterwards', async () => {
  await fileLocks(folder).request('a/b', { ifAvailable: true }, async lock => {
    expect(lock?.name).toBe('a/b');
    expect(await available('a/b')).toBe(false);
    expect(await available('c')).toBe(true);
  });
  expect(await available('a/b')).toBe(true);
  expect(await readdir(folder)).toEqual([]);
});

test('the lock of a process that is gone, or that nobody can read, is free', async () => {
  for (const owner of ['4194304999', 'garbage', '', '-1']) {
    await writeFile(join(folder, 'dead.lock'), owner);
    expect(await available('dead')).toBe(true);
  }
});
