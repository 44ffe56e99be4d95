import { type LookupAddress, type LookupOptions, lookup } from 'node:dns';
import { BlockList, isIP, type LookupFunction } from 'node:net';
import { Agent, type Dispatcher, fetch as undiciFetch } from 'undici';
import { TabmeshError } from '../base/error.ts';

/**
 * A fetch that reaches only addresses that `isOpen`. Each hop of a redirect is checked (the Fetch standard ends them
 * at 20), and the address that was checked is the one connected to, so that a name cannot be pointed elsewhere in
 * between. Rejects with TabmeshError('denied', 'node').
 */
export function guardedFetch(isOpen: (address: string) => boolean): typeof fetch {
  const lookupOpen = (host: string, options: LookupOptions, done: LookupCallback): void =>
    lookup(host, { ...options, all: true }, (error, addresses) => {
      if (error) return done(error, []);
      const open = addresses.filter(({ address }) => isOpen(address));
      done(open.length > 0 ? null : refusal(host), open);
    });
  // No lookup is made for an address that is written as such.
  const checkWritten: Dispatcher.DispatcherComposeInterceptor = dispatch => (options, handler) => {
    const host = new URL(String(options.origin)).hostname.replace(/^\[|\]$/g, '');
    if (isIP(host) !== 0 && !isOpen(host)) throw refusal(host);
    return dispatch(options, handler);
  };
  const dispatcher = new Agent({ connect: { lookup: lookupOpen as LookupFunction } }).compose(checkWritten);

  return async (input, init) => {
    try {
      const options = { ...init, dispatcher } as Parameters<typeof undiciFetch>[1];
      return (await undiciFetch(input as string | URL, options)) as unknown as Response;
    } catch (error) {
      // undici hides why behind "fetch failed".
      const { cause } = error as Error;
      throw cause instanceof TabmeshError ? cause : error;
    }
  };
}

type LookupCallback = (error: Error | null, addresses: LookupAddress[]) => void;

const refusal = (host: string) =>
  new TabmeshError(
    'denied',
    'node',
    `A member named a model at ${host}, which is on this machine or in its network; this process asks only public addresses for others. Serve the model from a public address.`,
  );

/** https://www.iana.org/assignments/iana-ipv4-special-registry and iana-ipv6-special-registry */
const closed = new BlockList();
for (const [network, bits] of [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.0.2.0', 24],
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
  ['198.51.100.0', 24],
  ['203.0.113.0', 24],
  ['224.0.0.0', 3],
] as const)
  closed.addSubnet(network, bits, 'ipv4');
// Tunnels (Teredo, 6to4) carry an IPv4 address inside.
for (const [network, bits] of [
  ['2001::', 23],
  ['2001:db8::', 32],
  ['2002::', 16],
  ['3fff::', 20],
] as const)
  closed.addSubnet(network, bits, 'ipv6');

const globalUnicast = new BlockList();
globalUnicast.addSubnet('2000::', 3, 'ipv6');

/** IPv4 inside of IPv6 (::ffff:0:0/96) is not: whoever means it can write it as IPv4. */
export function isPublicAddress(address: string): boolean {
  if (isIP(address) === 4) return !closed.check(address, 'ipv4');
  return globalUnicast.check(address, 'ipv6') && !closed.check(address, 'ipv6');
}

/**
 * For models that other peers named. This process may stand where they do not: a member must not make it ask a
 * router, a cloud's metadata service, or what listens on this machine.
 */
export const foreignFetch = guardedFetch(isPublicAddress);
