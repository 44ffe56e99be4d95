/** For Node: a folder per table, a file per key. The only file of this room that needs Node. */
import { createHash, randomUUID } from 'node:crypto';
import { mkdir, open, readdir, rename, rm, stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { TabmeshError } from '../base/error.ts';
import { assertKey, keyBytesMax } from './key.ts';
import { type Store, type Table, tables } from './store.ts';

const temporary = '.part';
const kept = '.bin';
/** Younger ones may be another process's that writes just now. */
const leftoverMs = 3_600_000;

/**
 * A value is written under a temporary name, flushed and renamed, so that a crash leaves the old value or the new
 * one. A file is named by the hash of its key, which may be longer than file systems take, hold slashes, or differ
 * from another in case alone; the key itself stands in front of the value. Throws TabmeshError('full' | 'unavailable',
 * 'store').
 */
export async function openFilesStore(folder: string): Promise<Store> {
  const root = resolve(folder);
  const place = (table: Table, key: string) => join(root, table, fileName(key));
  for (const table of tables) await attempt(() => prepare(join(root, table)));
  return {
    description: `files in ${root}`,
    lasts: true,
    async get(table, key) {
      assertKey(key);
      return attempt(async () => (await readEntry(place(table, key), true))?.value);
    },
    async put(table, key, value) {
      assertKey(key);
      const written = join(root, table, `${randomUUID()}${temporary}`);
      await attempt(async () => {
        try {
          await writeFlushed(written, [header(key), value]);
          await rename(written, place(table, key));
          await flushFolder(join(root, table));
        } catch (error) {
          await rm(written, { force: true });
          throw error;
        }
      });
    },
    async delete(table, key) {
      assertKey(key);
      await attempt(() => rm(place(table, key), { force: true }));
    },
    async keys(table, prefix = '') {
      const names = await attempt(() => readdir(join(root, table)));
      const keys: string[] = [];
      for (const name of names.filter(name => name.endsWith(kept))) {
        const entry = await attempt(() => readEntry(join(root, table, name), false));
        // What does not bear its own key's name was not put here by us.
        if (entry !== undefined && fileName(entry.key) === name && entry.key.startsWith(prefix))
          keys.push(entry.key);
      }
      return keys.sort();
    },
    async close() {},
  };
}

const fileName = (key: string) => `${createHash('sha256').update(key).digest('hex')}${kept}`;

/** Two bytes of length, then the key. */
function header(key: string): Uint8Array {
  const bytes = new TextEncoder().encode(key);
  return Uint8Array.of(bytes.length & 0xff, bytes.length >> 8, ...bytes);
}

async function readEntry(path: string, whole: boolean) {
  const file = await open(path).catch(unlessMissing);
  if (file === undefined) return undefined;
  try {
    const beginning = new Uint8Array(2 + keyBytesMax);
    const { bytesRead } = await file.read(beginning, 0, beginning.length, 0);
    const keyEnd = 2 + beginning[0]! + beginning[1]! * 256;
    if (bytesRead < 2 || keyEnd > bytesRead) return undefined;
    const key = new TextDecoder().decode(beginning.subarray(2, keyEnd));
    if (!whole) return { key, value: new Uint8Array() };
    const value = new Uint8Array((await file.stat()).size - keyEnd);
    for (let filled = 0; filled < value.length; ) {
      const { bytesRead: more } = await file.read(value, filled, value.length - filled, keyEnd + filled);
      if (more === 0) return undefined;
      filled += more;
    }
    return { key, value };
  } finally {
    await file.close();
  }
}

async function writeFlushed(path: string, parts: readonly Uint8Array[]): Promise<void> {
  const file = await open(path, 'wx', 0o600);
  try {
    for (const part of parts) await file.writeFile(part);
    await file.sync();
  } finally {
    await file.close();
  }
}

/** Makes the rename durable. Windows has no such call and does without. */
async function flushFolder(path: string): Promise<void> {
  const folder = await open(path).catch(() => undefined);
  await folder?.sync().catch(() => undefined);
  await folder?.close();
}

async function prepare(folder: string): Promise<void> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  for (const name of await readdir(folder)) {
    if (!name.endsWith(temporary)) continue;
    const path = join(folder, name);
    const entry = await stat(path).catch(unlessMissing);
    if (entry !== undefined && Date.now() - entry.mtimeMs > leftoverMs) await rm(path, { force: true });
  }
}

function unlessMissing(error: unknown): undefined {
  if (codeOf(error) !== 'ENOENT') throw error;
}

async function attempt<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (cause) {
    const code = codeOf(cause);
    if (code === 'ENOSPC' || code === 'EDQUOT')
      throw new TabmeshError('full', 'store', 'The disk is full. Free some space and try again.', { cause });
    const fault = cause instanceof Error ? cause.message : String(cause);
    throw new TabmeshError('unavailable', 'store', `The data folder cannot be used: ${fault}.`, { cause });
  }
}

const codeOf = (error: unknown) => (error as { code?: unknown } | undefined)?.code;
