import { generateKeyPair, privateKeyFromProtobuf, privateKeyToProtobuf } from '@libp2p/crypto/keys';
import type { PrivateKey } from '@libp2p/interface';
import { peerIdFromPrivateKey } from '@libp2p/peer-id';
import type { PeerId } from '../base/brand.ts';
import { TabmeshError } from '../base/error.ts';
import { identitySlotsMax } from '../base/limits.ts';
import type { Store } from '../store/store.ts';

export interface Identity {
  readonly id: PeerId;
  readonly privateKey: PrivateKey;
  /** Two tabs of one browser hold two slots and so are two peers; a reload gets its slot again. */
  readonly slot: number;
  /** For people, where something was not as expected. */
  readonly note?: string;
  /** Lets another tab have the slot. */
  release(): void;
}

/**
 * Takes the lowest slot that nobody holds, with its key, and makes one where there is none. Without `locks` (Node:
 * one process to a data folder) that is slot 0. The key stays in `store`; nothing here sends it anywhere.
 */
export async function takeIdentity(store: Store, locks?: LockManager): Promise<Identity> {
  for (let slot = 0; slot < identitySlotsMax; slot++) {
    const release = locks ? await holdLock(locks, `tabmesh/identity/${slot}`) : () => {};
    if (!release) continue;
    try {
      return { ...(await readOrMake(store, `identity/${slot}`)), slot, release };
    } catch (error) {
      release();
      throw error;
    }
  }
  const text = `${identitySlotsMax} tabs of this browser are peers already. Close one, then reload this page.`;
  throw new TabmeshError('full', 'network', text);
}

/** Undefined where somebody else holds it; otherwise held until the function is called or the page goes. */
function holdLock(locks: LockManager, name: string): Promise<(() => void) | undefined> {
  const taken = Promise.withResolvers<(() => void) | undefined>();
  const hold = async (lock: Lock | null) => {
    if (!lock) return taken.resolve(undefined);
    const { promise, resolve } = Promise.withResolvers<void>();
    taken.resolve(resolve);
    await promise;
  };
  locks.request(name, { ifAvailable: true }, hold).catch(taken.reject);
  return taken.promise;
}

async function readOrMake(store: Store, key: string): Promise<Pick<Identity, 'id' | 'privateKey' | 'note'>> {
  const bytes = await store.get('keys', key);
  const kept = bytes && readKey(bytes);
  const privateKey = kept ?? (await generateKeyPair('Ed25519'));
  if (!kept) await store.put('keys', key, privateKeyToProtobuf(privateKey));
  const id = peerIdFromPrivateKey(privateKey).toString() as PeerId;
  if (kept || !bytes) return { id, privateKey };
  return { id, privateKey, note: 'The stored identity could not be read; this peer has a new one.' };
}

function readKey(bytes: Uint8Array): PrivateKey | undefined {
  try {
    const key = privateKeyFromProtobuf(bytes);
    return key.type === 'Ed25519' ? key : undefined;
  } catch {
    return undefined;
  }
}
