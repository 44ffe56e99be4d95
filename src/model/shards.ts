/**
 * Models in several files, as llama.cpp's gguf-split writes them: NAME-00001-of-00003.gguf has the metadata, every
 * file has a header of its own with the tensors that are in it. They are read as one file, one behind the other.
 */
import { isKind, TabmeshError } from '../base/error.ts';
import { fetchesAtOnce, fileBytesMax, shardsMax, tensorCountMax } from '../base/limits.ts';
import { type Header, readHeader } from './header.ts';
import { joinedSource } from './joined-source.ts';
import { Metadata } from './metadata.ts';
import type { TensorInfo } from './model.ts';
import type { ByteSource } from './source.ts';

export interface Readable {
  readonly source: ByteSource;
  readonly header: Header;
}

export interface ShardName {
  readonly model: string;
  /** From 1. */
  readonly part: number;
  readonly parts: number;
}

const ending = /-(\d{5})-of-(\d{5})\.gguf$/i;

/** What a file's name says; undefined where it is that of a whole model. */
export function parseShardName(name: string): ShardName | undefined {
  const found = ending.exec(name);
  if (!found) return undefined;
  return { model: name.slice(0, found.index), part: Number(found[1]), parts: Number(found[2]) };
}

export const modelName = (fileName: string): string => fileName.replace(ending, '').replace(/\.gguf$/i, '');

/** `name` with another part's number: the rest stays, whatever its letters. */
export const partName = (name: string, part: number): string =>
  name.replace(/\d{5}(?=-of-\d{5}\.gguf$)/i, String(part).padStart(5, '0'));

/**
 * Answers `first` where it is a whole model. Otherwise reads the headers of the other parts and answers all as one
 * file. Throws what the sources throw, and TabmeshError that names the part and its fault: 'not-found' for one that
 * is missing, 'corrupt' for one that does not belong to the others, 'invalid' where `first` is not the first.
 */
export async function joinShards(first: Readable, signal?: AbortSignal): Promise<Readable> {
  const metadata = new Metadata(first.header.metadata);
  const count = metadata.integer('split.count', 0, shardsMax, 0);
  if (count <= 1) return first;
  checkFirst(first.source.name, count);
  const whole: Whole = {
    first,
    count,
    tensorCount: metadata.integer('split.tensors.count', 0, tensorCountMax),
  };
  const parts = [takePart(whole, first, 1)];
  while (parts.length < count) {
    const next = await Promise.allSettled(
      Array.from({ length: Math.min(fetchesAtOnce, count - parts.length) }, (_, i) =>
        readPart(whole, parts.length + 1 + i, signal),
      ),
    );
    // In order, so that of several faults it is always the first that is told.
    for (const read of next) {
      if (read.status === 'rejected') throw read.reason;
      parts.push(takePart(whole, read.value, parts.length + 1));
    }
    const found = parts.reduce((sum, { tensors }) => sum + tensors.size, 0);
    if (found > whole.tensorCount) throw wrongCount(whole, found);
  }
  return join(whole, parts);
}

interface Whole {
  readonly first: Readable;
  readonly count: number;
  readonly tensorCount: number;
}

/** What is kept of a part's header: 256 times the metadata of a hostile one would not fit in memory. */
type Part = { readonly source: ByteSource } & Pick<Header, 'tensors' | 'fileBytes'>;

function takePart(whole: Whole, { source, header }: Readable, part: number): Part {
  checkPart(whole, source.name, header, part);
  return { source, tensors: header.tensors, fileBytes: header.fileBytes };
}

function checkFirst(name: string, count: number): void {
  const named = parseShardName(name);
  if (named?.parts !== count) {
    const reason = `${name} is one of ${count} files of a model. Its name must end in -00001-of-${String(count).padStart(5, '0')}.gguf, so that the others are found.`;
    throw new TabmeshError('unsupported', 'model', reason);
  }
  if (named.part !== 1)
    throw new TabmeshError(
      'invalid',
      'model',
      `${name} is part ${named.part} of ${count}. Open the first, ${partName(name, 1)}.`,
    );
}

async function readPart(
  { first: { source: first }, count }: Whole,
  part: number,
  signal: AbortSignal | undefined,
): Promise<Readable> {
  const name = partName(first.name, part);
  if (first.sibling === undefined)
    throw new TabmeshError(
      'not-found',
      'model',
      `${first.name} is one of ${count} files of a model. Choose all ${count} at once.`,
    );
  try {
    const source = await first.sibling(name);
    return { source, header: await readHeader(source, signal) };
  } catch (cause) {
    if (!isKind(cause, 'not-found')) throw cause;
    const reason = `Part ${part} of ${count}, ${name}, is missing. Put it beside the others, or choose another model.`;
    throw new TabmeshError('not-found', 'model', reason, { cause });
  }
}

function checkPart({ first, count, tensorCount }: Whole, name: string, header: Header, part: number): void {
  const metadata = new Metadata(header.metadata);
  const number = (key: string) => metadata.integer(key, 0, tensorCountMax);
  if (!metadata.has('split.no')) throw stranger(name, 'it is no part of a model in several files');
  if (number('split.no') !== part - 1)
    throw stranger(name, `it says that it is part ${number('split.no') + 1}, not part ${part}`);
  if (number('split.count') !== count)
    throw stranger(name, `it says that there are ${number('split.count')} parts, not ${count}`);
  if (number('split.tensors.count') !== tensorCount)
    throw stranger(
      name,
      `it belongs to a model of ${number('split.tensors.count')} tensors, not ${tensorCount}`,
    );
  for (const key of ['general.architecture', 'general.name'])
    if (metadata.has(key) && header.metadata[key] !== first.header.metadata[key])
      throw stranger(name, `its ${key} is another`);
}

function join(whole: Whole, parts: readonly Part[]): Readable {
  const { source, header } = whole.first;
  const tensors = new Map<string, TensorInfo>();
  let start = 0;
  for (const part of parts) {
    for (const [name, tensor] of part.tensors) {
      if (tensors.has(name)) throw stranger(part.source.name, `tensor ${name} is in another part already`);
      tensors.set(name, { ...tensor, offset: start + tensor.offset });
    }
    start += part.fileBytes;
  }
  if (tensors.size !== whole.tensorCount) throw wrongCount(whole, tensors.size);
  if (start > fileBytesMax) {
    const reason = `${source.name} and its parts have more than ${fileBytesMax} bytes.`;
    throw new TabmeshError('unsupported', 'model', reason);
  }
  return {
    source: joinedSource(parts.map(part => ({ source: part.source, bytes: part.fileBytes }))),
    header: { ...header, tensors, fileBytes: start },
  };
}

const wrongCount = ({ first, tensorCount }: Whole, found: number) =>
  stranger(first.source.name, `together they have ${found} tensors or more, not ${tensorCount}`);

const stranger = (name: string, fault: string) =>
  new TabmeshError('corrupt', 'model', `${name} does not fit the other files of its model: ${fault}.`);
