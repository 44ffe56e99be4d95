/**
 * What WebLLM keeps in this browser: its own caches (cacheUtil of https://github.com/mlc-ai/web-llm), read and emptied here because its
 * own deletion asks the Hub for the list of weights where nothing was downloaded yet, and takes weights that two of its models share.
 */
import type { ModelRecord } from '@mlc-ai/web-llm';
import * as v from 'valibot';
import type { StoredWeights } from './whole-models.ts';

const weightsCache = 'webllm/model';
const allCaches = [weightsCache, 'webllm/config', 'webllm/wasm'];

const weightList = v.object({
  records: v.array(v.object({ dataPath: v.string(), nbytes: v.pipe(v.number(), v.minValue(0)) })),
});

const isOf = ({ model, model_lib }: ModelRecord, url: string): boolean =>
  url === model_lib || url.startsWith(`${model}/`);

/** Undefined where not even the list of its weights has come. */
export async function storedWeights({ model }: ModelRecord): Promise<StoredWeights | undefined> {
  const folder = `${model}/resolve/main/`;
  const answer = await caches.match(`${folder}tensor-cache.json`, { cacheName: weightsCache });
  const list = v.safeParse(weightList, await answer?.json().catch(() => undefined));
  if (!list.success) return undefined;
  const here = new Set((await (await caches.open(weightsCache)).keys()).map(({ url }) => url));
  const stored = { bytes: 0, totalBytes: 0 };
  for (const { dataPath, nbytes } of list.output.records) {
    stored.totalBytes += nbytes;
    if (here.has(new URL(dataPath, folder).href)) stored.bytes += nbytes;
  }
  return stored;
}

/** All but what one of `kept` needs as well. */
export async function deleteFiles(record: ModelRecord, kept: readonly ModelRecord[]): Promise<void> {
  for (const name of allCaches) {
    if (!(await caches.has(name))) continue;
    const cache = await caches.open(name);
    const all = await cache.keys();
    const gone = all.filter(({ url }) => isOf(record, url) && !kept.some(other => isOf(other, url)));
    await Promise.all(gone.map(each => cache.delete(each)));
    if (gone.length === all.length) await caches.delete(name);
  }
}
