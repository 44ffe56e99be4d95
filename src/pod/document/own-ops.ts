import { sha256 } from '@noble/hashes/sha2.js';
import type { LoroDoc, PeerID, VersionVector } from 'loro-crdt';
import type { PeerId } from '../../base/brand.ts';

export const listOf = (author: PeerId): string => `author:${author}`;

/** Loro's own name for an author follows from its peer id, so that nobody can take another's. */
export function loroPeerOf(author: PeerId): PeerID {
  const [high, low] = new Uint32Array(sha256(new TextEncoder().encode(author)).slice(0, 8).buffer);
  // The largest number means nobody to Loro.
  return `${((BigInt(high!) << 32n) | BigInt(low!)) % (2n ** 64n - 1n)}` as PeerID;
}

/**
 * Throws where anything since `before` is not an author who appends to its own list: the one shape of operation there
 * is. Loro would take edits of foreign lists, deletions, other containers, and clocks so far ahead that nobody could
 * write after them.
 */
export function assertOwnOps(doc: LoroDoc, before: VersionVector): void {
  const { changes } = doc.exportJsonUpdates(before, doc.version(), false);
  const operations = [...doc.version().toJSON().values()].reduce((sum, count) => sum + count, 0);
  for (const { id, lamport, msg, ops } of changes) {
    const peer = id.slice(id.indexOf('@') + 1);
    if (lamport > operations || msg) throw new Error('a change says more than it must');
    for (const { container, content, counter } of ops) {
      const author = /^cid:root-author:(.+):List$/s.exec(container)?.[1] as PeerId | undefined;
      if (author === undefined || loroPeerOf(author) !== peer) throw new Error('it writes where it must not');
      const appends = content.type === 'insert' && 'pos' in content && content.pos === counter;
      const values = appends && 'value' in content ? (content.value as unknown) : undefined;
      const isBytes = (value: unknown) => Array.isArray(value) || value instanceof Uint8Array;
      if (!Array.isArray(values) || !values.every(isBytes)) throw new Error('it does more than to append');
    }
  }
}
