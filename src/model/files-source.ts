import { TabmeshError } from '../base/error.ts';
import { blobSource } from './blob-source.ts';
import { parseShardName } from './shards.ts';
import type { ByteSource } from './source.ts';

/**
 * The model in files that were dropped together: one file, or the parts of one model in any order. Throws
 * TabmeshError('invalid', 'model') where they are of several models; a part that is missing is named when it is opened.
 */
export function filesSource(files: readonly File[]): ByteSource {
  const named = files.map(file => ({ file, shard: parseShardName(file.name) }));
  const first = files.length === 1 ? named[0] : named.find(({ shard }) => shard?.part === 1);
  if (first === undefined)
    throw invalid(files.length === 0 ? 'No file was given.' : 'These files are not the parts of one model.');
  const { file, shard } = first;
  if (files.length === 1) return blobSource(file, file.name);
  const byName = new Map(files.map(each => [each.name.toLowerCase(), each]));
  const sameModel = named.every(
    each => each.shard?.model === shard?.model && each.shard?.parts === shard?.parts,
  );
  if (!sameModel || byName.size !== files.length)
    throw invalid('These files are not the parts of one model. Choose one model at a time.');
  const bytes = files.reduce((sum, { size }) => sum + size, 0);
  return {
    ...blobSource(file, file.name, `file:${file.name}:${bytes}`),
    sibling: async name => {
      const found = byName.get(name.toLowerCase());
      if (found === undefined)
        throw new TabmeshError('not-found', 'model', `${name} was not among the files.`);
      return blobSource(found, found.name);
    },
  };
}

const invalid = (reason: string) => new TabmeshError('invalid', 'model', reason);
