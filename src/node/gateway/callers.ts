/** Who may ask what. Pages of other sites can make a person's browser send requests here; these rules refuse them. */
import type { IncomingMessage } from 'node:http';
import { isIP } from 'node:net';

/**
 * DNS rebinding: a foreign page points its own name at this machine and is then "same-origin" with us, but its
 * requests still say its name in Host. An address cannot be rebound, so only names are compared.
 */
export function isOwnHost(host: string | undefined, configured: string): boolean {
  if (host === undefined || !URL.canParse(`http://${host}`)) return false;
  const { hostname } = new URL(`http://${host}`);
  const name = hostname.replace(/^\[|\]$/g, '');
  return (
    isIP(name) !== 0 ||
    name === 'localhost' ||
    name.endsWith('.localhost') ||
    name === configured.toLowerCase()
  );
}

/** A process or browser on this machine, not behind a proxy that speaks for others. */
export function isSameMachine({ socket, headers }: IncomingMessage): boolean {
  const { remoteAddress, localAddress } = socket;
  if (remoteAddress === undefined) return false;
  const forwarded = 'forwarded' in headers || 'x-forwarded-for' in headers;
  const plain = remoteAddress.replace(/^::ffff:/, '');
  return !forwarded && (remoteAddress === localAddress || plain === '::1' || plain.startsWith('127.'));
}

/**
 * True for what a page of another origin sends. Browsers put Origin on POST and CORS requests, and Sec-Fetch-Site on
 * the others; curl and SDKs send neither.
 */
export function isForeign(headers: Headers, own: string): boolean {
  const origin = headers.get('origin');
  if (origin !== null) return origin.toLowerCase() !== own.toLowerCase();
  const site = headers.get('sec-fetch-site');
  return site === 'cross-site' || site === 'same-site';
}
