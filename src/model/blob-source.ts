import { assert } from '../base/assert.ts';
import { TabmeshError } from '../base/error.ts';
import type { ByteSource } from './source.ts';

/** A dropped File, or in Node a file opened with `fs.openAsBlob`. Nothing is read before it is asked for. */
export function blobSource(blob: Blob, name: string, id = `file:${name}:${blob.size}`): ByteSource {
  return {
    id,
    name,
    shareable: false,
    local: true,
    size: async () => blob.size,
    version: async () => '',
    async read(start, end, signal, onBytes) {
      assert(0 <= start && start <= end && end <= blob.size, `no bytes [${start}, ${end}) in ${name}`);
      signal?.throwIfAborted();
      let bytes: Uint8Array<ArrayBuffer>;
      try {
        bytes = new Uint8Array(await blob.slice(start, end).arrayBuffer());
      } catch (cause) {
        // A File stands for what was on the disk when it was chosen; it cannot be read once that has changed.
        const reason = `${name} can no longer be read: it was changed, moved or deleted. Choose the file again.`;
        throw new TabmeshError('unavailable', 'model', reason, { cause });
      }
      signal?.throwIfAborted();
      onBytes?.(bytes.length);
      return bytes;
    },
  };
}
