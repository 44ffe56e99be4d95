import { assert } from '../base/assert.ts';
import { concatBytes } from '../base/bytes.ts';
import type { ByteSource } from './source.ts';

export interface SourcePart {
  readonly source: ByteSource;
  readonly bytes: number;
}

/** Several files, one behind the other, as one of the id and the name of the first. */
export function joinedSource(parts: readonly SourcePart[]): ByteSource {
  const first = parts[0]!.source;
  const placed: { source: ByteSource; start: number; end: number }[] = [];
  let total = 0;
  for (const { source, bytes } of parts) {
    placed.push({ source, start: total, end: total + bytes });
    total += bytes;
  }
  return {
    id: first.id,
    name: first.name,
    shareable: parts.every(({ source }) => source.shareable),
    local: parts.every(({ source }) => source.local),
    size: async () => total,
    version: async signal => {
      const versions = await Promise.all(parts.map(({ source }) => source.version(signal)));
      return versions.every(version => version === '') ? '' : JSON.stringify(versions);
    },
    async read(start, end, signal, onBytes) {
      assert(0 <= start && start <= end && end <= total, `no bytes [${start}, ${end}) in ${first.name}`);
      const pieces: Uint8Array<ArrayBuffer>[] = [];
      // Over a border they gather in no one buffer.
      const oneByOne = onBytes && ((count: number) => onBytes(count));
      for (const part of placed) {
        const from = Math.max(start, part.start);
        const to = Math.min(end, part.end);
        const hear = from === start && to === end ? onBytes : oneByOne;
        if (from < to) pieces.push(await part.source.read(from - part.start, to - part.start, signal, hear));
      }
      return pieces.length === 1 ? pieces[0]! : concatBytes(pieces);
    },
  };
}
