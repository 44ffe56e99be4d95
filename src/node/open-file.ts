import { openAsBlob } from 'node:fs';
import { stat } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { TabmeshError } from '../base/error.ts';
import { blobSource } from '../model/blob-source.ts';
import { httpSource } from '../model/http-source.ts';
import type { ByteSource } from '../model/source.ts';

/** A model as the command line names it: a path, `https://...` or `hub:OWNER/REPO/FILE`. */
export async function openFile(name: string): Promise<ByteSource> {
  if (/^(https?|hub):/.test(name)) return httpSource(name);
  return openPath(resolve(name));
}

async function openPath(path: string): Promise<ByteSource> {
  const entry = await stat(path).catch(() => undefined);
  if (!entry?.isFile()) {
    throw new TabmeshError(
      'not-found',
      'node',
      `There is no file ${path}. Give the path of a GGUF file, a URL, or hub:OWNER/REPO/FILE.`,
    );
  }
  return {
    ...blobSource(await openAsBlob(path), basename(path)),
    sibling: other => openPath(join(dirname(path), basename(other))),
  };
}
