/** The beginnings of files, kept on this device, so that a model whose layers are stored opens where its server does not answer. */
import { concatBytes, equalBytes } from '../base/bytes.ts';
import { TabmeshError, toError } from '../base/error.ts';
import { keptHeaderMs } from '../base/limits.ts';
import type { Store } from '../store/store.ts';
import { storageKey } from './chunk-store.ts';
import type { ByteSource } from './source.ts';

interface Kept {
  readonly bytes: number;
  readonly version: string;
  readonly beginning: Uint8Array<ArrayBuffer>;
}

/** For one opening of a model. */
export class KeptHeaders {
  readonly #store: Store;
  readonly #read = new Map<ByteSource, Uint8Array<ArrayBuffer>>();
  #done = false;

  constructor(store: Store) {
    this.#store = store;
  }

  /** The same file, read from what was kept of it where its server does not answer soon. */
  async of(source: ByteSource): Promise<ByteSource> {
    if (source.local) return source;
    const kept = await load(this.#store, source.id);
    const wrapped = kept && (await isSilent(source)) ? fromKept(source, kept) : this.#noting(source);
    const { sibling } = source;
    return sibling ? { ...wrapped, sibling: async name => this.of(await sibling(name)) } : wrapped;
  }

  /** Keeps what was read of every file from its start on, which in an opening is the header, and notes no more. */
  async keep(): Promise<void> {
    this.#done = true;
    for (const [source, beginning] of this.#read) {
      const kept = { bytes: await source.size(), version: await source.version(), beginning };
      const before = await load(this.#store, source.id);
      if (before === undefined || !isSame(before, kept)) await save(this.#store, source.id, kept);
    }
    this.#read.clear();
  }

  #noting(source: ByteSource): ByteSource {
    return {
      ...source,
      read: async (start, ...rest) => {
        const bytes = await source.read(start, ...rest);
        const before = this.#read.get(source) ?? new Uint8Array();
        if (!this.#done && start === before.length) this.#read.set(source, concatBytes([before, bytes]));
        return bytes;
      },
    };
  }
}

async function isSilent(source: ByteSource): Promise<boolean> {
  try {
    await source.size(AbortSignal.timeout(keptHeaderMs));
    return false;
  } catch (error) {
    return ['unavailable', 'timeout'].includes(toError(error, 'model').kind);
  }
}

/** Bytes beyond what was kept come from the server, when it is there again and has the same file. */
function fromKept(source: ByteSource, { bytes, version, beginning }: Kept): ByteSource {
  return {
    ...source,
    size: async () => bytes,
    version: async () => version,
    async read(start, end, signal, onBytes) {
      if (end <= beginning.length) {
        onBytes?.(end - start);
        return beginning.slice(start, end);
      }
      if ((await source.size(signal)) !== bytes || (await source.version(signal)) !== version)
        throw new TabmeshError(
          'corrupt',
          'model',
          `${source.name} is another file on the server than the one kept here. Open the model again to fetch the new one.`,
        );
      return source.read(start, end, signal, onBytes);
    },
  };
}

/** Chunks have a model's storage key in front, so their keys and these never meet. */
export const headerKey = (storageKey: string): string => `header/${storageKey}`;

const keyOf = async (id: string): Promise<string> => headerKey(await storageKey(id));

const newline = 10;

/** A line of JSON, then the bytes. */
async function save(store: Store, id: string, { bytes, version, beginning }: Kept): Promise<void> {
  const line = new TextEncoder().encode(`${JSON.stringify([bytes, version])}\n`);
  await store.put('slices', await keyOf(id), concatBytes([line, beginning]));
}

async function load(store: Store, id: string): Promise<Kept | undefined> {
  const value = await store.get('slices', await keyOf(id));
  if (value === undefined) return undefined;
  const end = value.indexOf(newline);
  const [bytes, version] = JSON.parse(new TextDecoder().decode(value.subarray(0, end)));
  return { bytes, version, beginning: value.subarray(end + 1) };
}

const isSame = (a: Kept, b: Kept): boolean =>
  a.bytes === b.bytes && a.version === b.version && equalBytes(a.beginning, b.beginning);
