import type { Multiaddr } from '@multiformats/multiaddr';
import { relayDialsMs } from '../../base/limits.ts';
import { needsRelay } from './addresses.ts';

/**
 * How long the first of `addresses`, in their order, is tried where `leftMs` are left for all. Some of the direct ones are of networks that
 * this peer is not in and take what is sent to them without a word, so they share what those over a relay leave.
 */
export function tryMs(addresses: readonly Multiaddr[], leftMs: number): number {
  const direct = addresses.filter(address => !needsRelay(address)).length;
  if (direct === 0) return Math.max(0, Math.ceil(leftMs));
  const kept = direct < addresses.length ? relayDialsMs : 0;
  return Math.max(0, Math.ceil((leftMs - kept) / direct));
}
