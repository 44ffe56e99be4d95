import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { whenAborted } from '../../base/deadline.ts';
import { TabmeshError } from '../../base/error.ts';
import { relayConnectionsPerSubnet, relayReservationsPerSubnet } from '../../base/limits.ts';
import { takeIdentity } from '../../network/identity.ts';
import { parseAddress } from '../../network/libp2p/addresses.ts';
import { openFilesStore } from '../../store/files-store.ts';
import { dataFolder } from '../data-folder.ts';
import { fileLocks } from '../file-locks.ts';
import { trustedProxies } from '../relay/client-address.ts';
import { startRelay } from '../relay/start-relay.ts';
import { Certificates } from '../webtransport/certificates.ts';
import type { Command } from './command.ts';
import { numberOption } from './numbers.ts';

export const relay: Command = {
  usage:
    'relay [--host H] [--port N]          introduces tabs to each other (docs/relay.md); also --announce MULTIADDR,\n' +
    '                                       --webtransport PORT, --cert FILE --key FILE, --trust-proxy NETWORK, --per-subnet N,\n' +
    '                                       --places-per-subnet N, --data FOLDER',
  options: {
    host: { type: 'string' },
    port: { type: 'string' },
    announce: { type: 'string', multiple: true },
    webtransport: { type: 'string' },
    cert: { type: 'string' },
    key: { type: 'string' },
    'trust-proxy': { type: 'string', multiple: true },
    'per-subnet': { type: 'string' },
    'places-per-subnet': { type: 'string' },
    data: { type: 'string' },
  },
  async run(values, [extra], signal) {
    if (extra !== undefined) throw new TabmeshError('invalid', 'node', 'relay takes no FILE.');
    const count = (name: string, fallback: number) =>
      numberOption(values[name], name, fallback, { min: 1, max: 100_000, whole: true });
    const port = numberOption(values['port'], 'port', 8788, { min: 0, max: 65_535, whole: true });
    const limits = {
      connections: count('per-subnet', relayConnectionsPerSubnet),
      reservations: count('places-per-subnet', relayReservationsPerSubnet),
    };
    const announce = values['announce'] as string[] | undefined;
    const udpPort =
      values['webtransport'] === undefined
        ? undefined
        : numberOption(values['webtransport'], 'webtransport', 0, { min: 0, max: 65_535, whole: true });
    if (udpPort !== undefined && announce && !announce.some(each => each.includes('/webtransport')))
      throw new TabmeshError(
        'invalid',
        'node',
        'With --webtransport name its address, too: --announce /ip4/ADDRESS/udp/PORT/quic-v1/webtransport. The certificates are added by themselves.',
      );
    const trusted = trustedProxies((values['trust-proxy'] as string[] | undefined) ?? []);
    const tls = await readTls(values['cert'], values['key']);
    const folder = typeof values['data'] === 'string' ? values['data'] : join(dataFolder(), 'relay');
    const store = await openFilesStore(folder);
    const identity = await takeIdentity(store, fileLocks(join(folder, 'locks')) as LockManager);
    if (announce) for (const each of announce) parseAddress(`${each}/p2p/${identity.id}`);
    const certificates = udpPort === undefined ? undefined : await Certificates.open(store, Date.now);
    try {
      const host = typeof values['host'] === 'string' ? values['host'] : '127.0.0.1';
      const server = await startRelay({
        privateKey: identity.privateKey,
        host,
        port,
        trusted,
        limits,
        ...(tls ? { tls } : {}),
        ...(announce ? { announce } : {}),
        ...(certificates && udpPort !== undefined ? { webTransport: { port: udpPort, certificates } } : {}),
      });
      const addresses = server.addresses();
      if (values['json']) console.log(JSON.stringify({ peer: identity.id, port: server.port, addresses }));
      else
        console.log(`A relay is running. Its address, for Tabmesh under Settings:\n${addresses.join('\n')}`);
      await whenAborted(signal).catch(() => {});
      await server.close();
    } finally {
      certificates?.close();
      identity.release();
      await store.close();
    }
    return 0;
  },
};

async function readTls(cert: unknown, key: unknown): Promise<{ cert: string; key: string } | undefined> {
  if (cert === undefined && key === undefined) return undefined;
  if (typeof cert !== 'string' || typeof key !== 'string')
    throw new TabmeshError('invalid', 'node', 'A certificate needs both --cert FILE and --key FILE, as PEM.');
  const read = (path: string) =>
    readFile(path, 'utf8').catch(cause => {
      throw new TabmeshError('not-found', 'node', `${path} cannot be read: ${cause.message}`, { cause });
    });
  return { cert: await read(cert), key: await read(key) };
}
