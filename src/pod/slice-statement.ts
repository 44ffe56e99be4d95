/** What a peer says of its chunks, signed with the key of its peer id. See Inventory in wire/slice.proto. */
import type { ModelId, PeerId } from '../base/brand.ts';
import { concatBytes } from '../base/bytes.ts';
import { sliceEntriesMax } from '../base/limits.ts';
import type { Network } from '../network/network.ts';
import { type Entry, encodeStatement, type SliceMessage } from './slice-message.ts';

const domain = new TextEncoder().encode('/tabmesh/slice/1 statement\0');

export interface Stock {
  readonly fileBytes: number;
  readonly version: string;
  readonly entries: readonly Entry[];
}

/** As many messages as it takes, at least one. */
export async function signedInventory(
  network: Network,
  model: ModelId,
  { fileBytes, version, entries }: Stock,
): Promise<SliceMessage[]> {
  const messages: SliceMessage[] = [];
  for (let at = 0; at === 0 || at < entries.length; at += sliceEntriesMax) {
    const part = entries.slice(at, at + sliceEntriesMax);
    const statement = encodeStatement({
      model,
      fileBytes,
      version,
      entries: part,
    }) as Uint8Array<ArrayBuffer>;
    const signature = await network.sign(concatBytes([domain, statement]));
    const more = at + sliceEntriesMax < entries.length;
    messages.push({ inventory: { statement, signature, more } });
  }
  return messages;
}

export const isSignedBy = (
  network: Network,
  peer: PeerId,
  statement: Uint8Array,
  signature: Uint8Array,
): Promise<boolean> => network.verify(peer, concatBytes([domain, statement]), signature);
