/**
 * Durable bytes by table and key: slices, keys, settings, documents.
 *
 * Guarantees, held by store-contract.ts for every implementation:
 * - `put` is durable and atomic once it resolves: a reader sees the old value or the new one, never a part.
 * - A value that was read is the caller's own: changing it changes nothing that is stored.
 * - Keys are any text of 1 to 512 characters; `keys` answers in order of code units.
 * - A full disk is `TabmeshError('full', 'store')`; what was stored before stays readable.
 */
export interface Store {
  /** How it is kept, for people: "IndexedDB", "files in /path", "memory (private window)". */
  readonly description: string;
  /** Whether it outlasts the page or process. */
  readonly lasts: boolean;
  get(table: Table, key: string): Promise<Uint8Array<ArrayBuffer> | undefined>;
  put(table: Table, key: string, value: Uint8Array): Promise<void>;
  delete(table: Table, key: string): Promise<void>;
  keys(table: Table, prefix?: string): Promise<string[]>;
  close(): Promise<void>;
}

export const tables = ['slices', 'keys', 'settings', 'chats', 'documents'] as const;
export type Table = (typeof tables)[number];
