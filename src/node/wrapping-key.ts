import { chmod, link, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { TabmeshError } from '../base/error.ts';
import type { WrappingKey } from '../store/wrapping-key.ts';

const bytes = 32;

/**
 * Node's: 32 random bytes in a file of the data folder that its owner alone may read. Rejects with
 * TabmeshError('unavailable' | 'corrupt', 'node').
 */
export async function fileWrappingKey(folder: string): Promise<WrappingKey> {
  const path = join(folder, 'wrapping.key');
  const raw = (await readKept(path)) ?? (await make(folder, path));
  if (raw.length !== bytes) {
    const reason = `${path} is damaged, so the keys that it guards cannot be read. Delete it and set your keys again.`;
    throw new TabmeshError('corrupt', 'node', reason);
  }
  return crypto.subtle.importKey('raw', raw, 'AES-GCM', false, ['encrypt', 'decrypt']);
}

async function readKept(path: string): Promise<Uint8Array<ArrayBuffer> | undefined> {
  try {
    const raw = new Uint8Array(await readFile(path));
    // A copy or a backup may have opened it to others.
    await chmod(path, 0o600);
    return raw;
  } catch (error) {
    if ((error as { code?: unknown }).code === 'ENOENT') return undefined;
    throw unusable(path, error);
  }
}

/** Whole or not at all, and of two processes that make one at once the first one's counts. */
async function make(folder: string, path: string): Promise<Uint8Array<ArrayBuffer>> {
  const part = `${path}.${crypto.randomUUID()}.part`;
  try {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    await writeFile(part, crypto.getRandomValues(new Uint8Array(bytes)), {
      mode: 0o600,
      flag: 'wx',
      flush: true,
    });
    await link(part, path).catch(error => {
      if (error.code !== 'EEXIST') throw error;
    });
    return new Uint8Array(await readFile(path));
  } catch (error) {
    throw unusable(path, error);
  } finally {
    await rm(part, { force: true });
  }
}

const unusable = (path: string, cause: unknown) =>
  new TabmeshError('unavailable', 'node', `${path} cannot be used, so no key can be stored: ${cause}.`, {
    cause,
  });
