import { mkdir, mkdtemp, readdir, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { openFilesStore } from './files-store.ts';
import { runDurableStoreContract } from './store-contract.ts';

const folders: string[] = [];
const newFolder = async () => {
  const folder = await mkdtemp(join(tmpdir(), 'tabmesh-store-'));
  folders.push(folder);
  return folder;
};
afterEach(async () => {
  for (const folder of folders.splice(0)) await rm(folder, { recursive: true, force: true });
});

runDurableStoreContract('files', async () => {
  const folder = await newFolder();
  return () => openFilesStore(folder);
});

test('leaves no temporary files, and removes those that a crash left', async () => {
  const folder = await newFolder();
  const store = await openFilesStore(folder);
  await store.put('slices', 'key', new Uint8Array(1000));
  expect(await readdir(join(folder, 'slices'))).toHaveLength(1);
  const [old, young] = ['old.part', 'young.part'].map(name => join(folder, 'slices', name));
  for (const path of [old!, young!]) await writeFile(path, 'half');
  await utimes(old!, 0, 0);
  await openFilesStore(folder);
  expect((await readdir(join(folder, 'slices'))).filter(name => name.endsWith('.part'))).toEqual([
    'young.part',
  ]);
});

test('files that it did not write are no entries', async () => {
  const folder = await newFolder();
  const store = await openFilesStore(folder);
  await store.put('keys', 'key', Uint8Array.of(1));
  const [name] = await readdir(join(folder, 'keys'));
  for (const content of ['', 'x', '\xff\xff', '\x05\x00other'])
    await writeFile(join(folder, 'keys', `${content.length}.bin`), content, 'latin1');
  await writeFile(join(folder, 'keys', 'note.txt'), 'hello');
  expect(await store.keys('keys')).toEqual(['key']);
  await writeFile(join(folder, 'keys', name!), '\xff\xff', 'latin1');
  expect(await store.get('keys', 'key')).toBeUndefined();
});

test('a folder that cannot be used is named', async () => {
  const folder = await newFolder();
  await writeFile(join(folder, 'file'), '');
  await expect(openFilesStore(join(folder, 'file'))).rejects.toMatchObject({
    kind: 'unavailable',
    origin: 'store',
  });
  const store = await openFilesStore(join(folder, 'deep', 'er'));
  await rm(join(folder, 'deep'), { recursive: true });
  await expect(store.put('keys', 'key', Uint8Array.of(1))).rejects.toMatchObject({ kind: 'unavailable' });
  await mkdir(join(folder, 'deep', 'er', 'keys'), { recursive: true });
  await store.put('keys', 'key', Uint8Array.of(1));
  expect(await store.get('keys', 'key')).toEqual(Uint8Array.of(1));
});
