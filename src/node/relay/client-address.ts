import type { IncomingMessage } from 'node:http';
import { BlockList, isIP } from 'node:net';
import { TabmeshError } from '../../base/error.ts';

/** Reads "10.0.0.0/8" and "127.0.0.1". Throws TabmeshError('invalid', 'node') for anything else. */
export function trustedProxies(texts: readonly string[]): BlockList {
  const list = new BlockList();
  for (const text of texts) {
    const [address = '', prefix] = text.split('/');
    const version = isIP(address);
    try {
      if (version === 0) throw new Error('no address');
      const family = version === 4 ? 'ipv4' : 'ipv6';
      if (prefix === undefined) list.addAddress(address, family);
      else list.addSubnet(address, prefix === '' ? Number.NaN : Number(prefix), family);
    } catch (cause) {
      const reason = `--trust-proxy takes an address or a network such as 10.0.0.0/8, not "${text}".`;
      throw new TabmeshError('invalid', 'node', reason, { cause });
    }
  }
  return list;
}

/**
 * Who is at the other end. Everybody can write X-Forwarded-For, so it is read only from a trusted proxy, and from its
 * end: the last address that is no trusted proxy's is the one that a trusted proxy saw itself.
 */
export function clientAddress(
  { headers, socket }: Pick<IncomingMessage, 'headers'> & { socket: From },
  trusted: BlockList,
): string {
  const from = addressOf(socket);
  if (!isTrusted(from, trusted)) return from;
  const header = headers['x-forwarded-for'];
  const hops = (Array.isArray(header) ? header.join(',') : (header ?? '')).split(',').map(plain);
  for (const hop of hops.reverse()) {
    if (isIP(hop) === 0) return from;
    if (!isTrusted(hop, trusted)) return hop;
  }
  return from;
}

/** What stands at the other end itself, perhaps for many others. */
export const addressOf = ({ remoteAddress = '' }: From): string => plain(remoteAddress);

interface From {
  readonly remoteAddress?: string | undefined;
}

const plain = (address: string): string => address.trim().replace(/^::ffff:(?=\d+\.)/i, '');

export const isTrusted = (address: string, trusted: BlockList): boolean =>
  isIP(address) !== 0 && trusted.check(address, isIP(address) === 4 ? 'ipv4' : 'ipv6');
