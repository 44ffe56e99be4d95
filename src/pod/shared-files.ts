import type { ModelId } from '../base/brand.ts';
import { toHex } from '../base/bytes.ts';
import { TabmeshError } from '../base/error.ts';
import { chunkBytesMax, podModelsMax } from '../base/limits.ts';
import type { Model } from '../model/model.ts';
import type { OpenModel } from '../model/open.ts';
import { type Chunk, chunksOf } from '../model/slice.ts';
import type { ByteSource } from '../model/source.ts';
import type { ShareOptions } from './pod.ts';
import { encodeManifest, type Manifest } from './slice-message.ts';

/** A file of this device that its owner lets the pod have. */
export interface SharedFile {
  readonly manifest: Manifest;
  readonly source: ByteSource;
}

interface Entry {
  readonly manifest: Manifest;
  readonly encoded: Uint8Array<ArrayBuffer>;
  readonly source?: ByteSource;
}

/** Models that are named by their content: "file:" and the SHA-256 of the manifest of what they are made of. */
export const isContentId = (id: string): boolean => /^file:[0-9a-f]{64}$/.test(id);

export async function contentId(encoded: Uint8Array): Promise<ModelId> {
  const hash = await crypto.subtle.digest('SHA-256', encoded as Uint8Array<ArrayBuffer>);
  return `file:${toHex(new Uint8Array(hash))}` as ModelId;
}

/** The manifests that are known here: of own files, and of those that others share. */
export class SharedFiles {
  readonly #entries = new Map<ModelId, Entry>();

  own(id: ModelId): SharedFile | undefined {
    const entry = this.#entries.get(id);
    return entry?.source && { manifest: entry.manifest, source: entry.source };
  }

  manifest(id: ModelId): Manifest | undefined {
    return this.#entries.get(id)?.manifest;
  }

  /** Throws TabmeshError('not-found', 'pod'). The bytes are the caller's own. */
  encoded(id: ModelId): Uint8Array<ArrayBuffer> {
    const entry = this.#entries.get(id);
    if (!entry) throw new TabmeshError('not-found', 'pod', 'This file is not shared here.');
    return entry.encoded.slice();
  }

  /** What others sent, once it is known to be what the id names. */
  learn(id: ModelId, manifest: Manifest, encoded: Uint8Array<ArrayBuffer>): void {
    if (this.#entries.has(id)) return;
    this.#entries.set(id, { manifest, encoded });
    const foreign = [...this.#entries].filter(([, { source }]) => !source);
    if (foreign.length > podModelsMax) this.#entries.delete(foreign[0]![0]);
  }

  /**
   * Reads the whole file once to name it by its content. Throws TabmeshError('unsupported', 'pod') for what is no lone file of this device.
   */
  async add({ model, source }: OpenModel, { signal, onBytes }: ShareOptions): Promise<ModelId> {
    if (!source.local || (await source.size()) !== model.fileBytes)
      throw new TabmeshError(
        'unsupported',
        'pod',
        'Only a model in one file on this device can be shared from it. Join its parts with llama-gguf-split --merge, or serve it from a URL.',
      );
    const parts: Manifest['parts'] = [];
    for (const { start, end } of partsOf(model)) {
      signal?.throwIfAborted();
      const bytes = await source.read(start, end, signal);
      const hash = new Uint8Array(await crypto.subtle.digest('SHA-256', bytes));
      parts.push({ start, end, hash });
      onBytes?.(end, model.fileBytes);
    }
    const manifest: Manifest = { fileBytes: model.fileBytes, parts };
    const encoded = encodeManifest(manifest) as Uint8Array<ArrayBuffer>;
    const id = await contentId(encoded);
    this.#entries.set(id, { manifest, encoded, source: { ...source, id, shareable: true } });
    return id;
  }
}

/** The header in pieces, then every chunk of a plan. What lies between two chunks is padding, and nobody asks for it. */
function partsOf(model: Model): Chunk[] {
  const chunks = [
    ...chunksOf(model, { layers: { first: 0, last: model.hyper.layers } }),
    ...chunksOf(model, 'head'),
  ];
  chunks.sort((a, b) => a.start - b.start);
  const headerEnd = chunks[0]?.start ?? 0;
  const header: Chunk[] = [];
  for (let start = 0; start < headerEnd; start += chunkBytesMax)
    header.push({ start, end: Math.min(headerEnd, start + chunkBytesMax) });
  return [...header, ...chunks];
}
