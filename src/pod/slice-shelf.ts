import type { ModelId } from '../base/brand.ts';
import { fromHex } from '../base/bytes.ts';
import { TabmeshError } from '../base/error.ts';
import type { ModelLibrary } from '../model/library.ts';
import type { OpenModel } from '../model/open.ts';
import type { Chunk } from '../model/slice.ts';
import { isShareable } from './shareable.ts';
import type { SharedFiles } from './shared-files.ts';
import type { Stock } from './slice-statement.ts';

/** What this peer can give to others: chunks that it has stored, and files of its own that it shares. */
export class SliceShelf {
  readonly #library: ModelLibrary;
  readonly #files: SharedFiles;
  readonly #lends: () => boolean;

  constructor(parts: { library: ModelLibrary; files: SharedFiles; lends: () => boolean }) {
    this.#library = parts.library;
    this.#files = parts.files;
    this.#lends = parts.lends;
  }

  async stock(model: ModelId): Promise<Stock> {
    const own = this.#files.own(model);
    if (own) {
      const entries = own.manifest.parts.map(part => ({ ...part, read: true, verified: false }));
      return { fileBytes: own.manifest.fileBytes, version: '', entries };
    }
    const open = this.#opened(model);
    if (!open) return { fileBytes: 0, version: '', entries: [] };
    const loader = await this.#library.loader(model);
    const entries = (await loader.stored()).map(({ start, end, hash, origin, verified }) => ({
      start,
      end,
      hash: fromHex(hash),
      read: origin === 'source',
      verified,
    }));
    return { fileBytes: open.model.fileBytes, version: await open.source.version(), entries };
  }

  /** Throws TabmeshError('not-found', 'pod') for what is not in the stock. */
  async bytes(model: ModelId, { start, end }: Chunk): Promise<Uint8Array<ArrayBuffer>> {
    if (start === end) return this.#files.encoded(model);
    const own = this.#files.own(model);
    if (own) {
      const isPart = own.manifest.parts.some(part => part.start === start && part.end === end);
      if (isPart) return own.source.read(start, end);
    } else if (this.#opened(model)) {
      const chunk = await (await this.#library.loader(model)).storedBytes({ start, end });
      if (chunk) return chunk;
    }
    throw new TabmeshError('not-found', 'pod', 'This part of the model is not here.');
  }

  #opened(model: ModelId): OpenModel | undefined {
    return this.#lends() && isShareable(model) ? this.#library.opened(model) : undefined;
  }
}
