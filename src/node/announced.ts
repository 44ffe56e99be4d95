import { isIP } from 'node:net';
import { networkInterfaces } from 'node:os';

/** Multiaddrs, without the peer id, of what listens there: of each address of this machine where `host` stands for all, and those that others reach first. */
export function announced(host: string, port: number, secure = false): string[] {
  return hostsOf(host).map(each => `/${kindOf(each)}/${each}/tcp/${port}${secure ? '/tls' : ''}/ws`);
}

/** As `announced`, for WebTransport; which certificates it shows is added later. */
export function announcedUdp(host: string, port: number): string[] {
  return hostsOf(host).map(each => `/${kindOf(each)}/${each}/udp/${port}/quic-v1/webtransport`);
}

const hostsOf = (host: string): string[] =>
  host === '0.0.0.0' || host === '::' ? interfaceAddresses(host) : [host];

function kindOf(host: string): string {
  const version = isIP(host);
  return version === 0 ? 'dns4' : `ip${version}`;
}

/** "::" listens on IPv4 too. Link-local addresses mean something else on every machine. */
function interfaceAddresses(host: '0.0.0.0' | '::'): string[] {
  const all = Object.values(networkInterfaces()).flatMap(list => list ?? []);
  return all
    .filter(({ family, address }) => family === 'IPv4' || (host === '::' && !address.startsWith('fe80:')))
    .sort((a, b) => Number(a.internal) - Number(b.internal))
    .map(({ address }) => address);
}
