import { readFileSync } from 'node:fs';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { fileLocks } from './file-locks.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tabmesh-locks-'));
});
afterEach(() => rm(folder, { recursive: true }));

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
  expect(await readdir(folder)).toEqual([]);
});

/** In a container every start has the same process id. Only Linux tells when a process began. */
test.runIf(process.platform === 'linux')('the lock of an earlier process with our id is free', async () => {
  const path = join(folder, 'pid.lock');
  await writeFile(path, String(process.pid));
  expect(await available('pid')).toBe(true);
  const ours = await fileLocks(folder).request('pid', { ifAvailable: true }, () => readFile(path, 'utf8'));
  await writeFile(path, `${ours}1`);
  expect(await available('pid')).toBe(true);
  await writeFile(path, ours);
  expect(await available('pid')).toBe(false);
});

test.each(['free', 'left by a crash'])(
  'of many that start at once exactly one gets a lock that is %s',
  async kind => {
    for (let round = 0; round < 30; round++) {
      if (kind !== 'free') await writeFile(join(folder, 'once.lock'), '4194304999');
      const { promise: decided, resolve: end } = Promise.withResolvers<void>();
      let asked = 0;
      let holders = 0;
      const start = () =>
        fileLocks(folder).request('once', { ifAvailable: true }, async lock => {
          if (lock !== null) holders++;
          if (++asked === 8) end();
          await decided;
        });
      await Promise.all(Array.from({ length: 8 }, start));
      expect({ round, holders }).toEqual({ round, holders: 1 });
      expect(await readdir(folder)).toEqual([]);
    }
  },
);

test('nobody ever sees a lock that does not say whose it is', async () => {
  const path = join(folder, 'whose.lock');
  const seen = new Set<string>();
  let looking = true;
  const look = () => {
    try {
      seen.add(readFileSync(path, 'utf8'));
    } catch {
      // There is none at this moment.
    }
    if (looking) setImmediate(look);
  };
  look();
  for (let round = 0; round < 100; round++) await available('whose');
  looking = false;
  expect(seen.size).toBe(1);
  expect([...seen][0]).not.toBe('');
});
