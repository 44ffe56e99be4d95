import { isIPv6 } from 'node:net';

/**
 * Whom an address counts for: "203.0.113.0/24", or "2001:db8:1::/48", since one household or server gets as many IPv6
 * addresses as it likes below that.
 */
export function subnetOf(address: string): string {
  const plain = address.replace(/^::ffff:(?=\d+\.)/i, '').replace(/%.*$/, '');
  if (!isIPv6(plain)) return `${plain.split('.').slice(0, 3).join('.')}.0/24`;
  const [head = '', tail] = plain.split('::');
  const groups = (text: string) => text.split(':').filter(Boolean);
  const zeros =
    tail === undefined ? [] : Array<string>(8 - groups(head).length - groups(tail).length).fill('0');
  const all = [...groups(head), ...zeros, ...groups(tail ?? '')];
  const first = all.slice(0, 3).map(group => Number.parseInt(group, 16).toString(16));
  return `${first.join(':')}::/48`;
}
