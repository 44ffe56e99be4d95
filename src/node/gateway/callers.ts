/** Who may ask what. Pages of other sites can make a person's browser send requests here; these rules refuse them. */
import type { IncomingMessage } from 'node:http';
import { isIP } from 'node:net';

export type Caller = Pick<IncomingMessage, 'headers' | 'httpVersion'> & {
  readonly socket: Pick<IncomingMessage['socket'], 'remoteAddress' | 'localAddress'>;
};

/**
 * DNS rebinding: a foreign page points its own name at this machine and is then "same-origin" with us, but its
 * requests still say its name in Host. An address cannot be rebound, so only names are compared.
 */
export function isOwnHost({ headers: { host } }: Caller, configured: string): boolean {
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
export function isSameMachine(caller: Caller): boolean {
  const { remoteAddress, localAddress } = caller.socket;
  if (remoteAddress === undefined || isForwarded(caller)) return false;
  const plain = remoteAddress.replace(/^::ffff:/, '');
  return remoteAddress === localAddress || plain === '::1' || plain.startsWith('127.');
}

/**
 * A proxy on this machine that adds nothing looks like this machine; most give themselves away by one of these, and
 * nginx without settings speaks HTTP/1.0 to what stands behind it, which no browser does.
 */
function isForwarded({ headers, httpVersion }: Caller): boolean {
  const tells = (name: string) => /^(forwarded|via|x-real-ip|x-forwarded-.*|cf-connecting-ip)$/.test(name);
  return httpVersion === '1.0' || Object.keys(headers).some(tells);
}

/**
 * True for what a page of another origin sends. Browsers put Origin on POST, CORS and WebSocket requests, and
 * Sec-Fetch-Site on the others; curl and SDKs send neither. Behind a proxy the same host may be https.
 */
export function isForeign({ headers }: Caller): boolean {
  const { host, origin } = headers;
  if (origin !== undefined) return !/^https?:\/\//.test(origin) || !isSameHost(origin, host);
  const site = headers['sec-fetch-site'];
  return site === 'cross-site' || site === 'same-site';
}

const isSameHost = (origin: string, host = ''): boolean =>
  origin.replace(/^https?:\/\//, '').toLowerCase() === host.toLowerCase();
