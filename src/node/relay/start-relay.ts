/** `tabmesh relay`: one port, on which WebSockets go to the relay and everything else reads how it is. */
import { createServer, type IncomingMessage, type RequestListener } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { type BlockList, isIP, type Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import type { PrivateKey } from '@libp2p/interface';
import { TabmeshError } from '../../base/error.ts';
import { gatewayConnectionsMax } from '../../base/limits.ts';
import { createRelay } from '../../network/libp2p/create-relay.ts';
import { announced, announcedUdp } from '../announced.ts';
import { freePort, freeUdpPort, listen } from '../listen.ts';
import { passOn } from '../upgrade.ts';
import type { Certificates } from '../webtransport/certificates.ts';
import { loadQuiche } from '../webtransport/quiche.ts';
import { webTransportListener } from '../webtransport/transport.ts';
import { Admission, type SubnetLimits } from './admission.ts';
import { addressOf, clientAddress, isTrusted } from './client-address.ts';
import { type RelayCounts, statusPages } from './status-pages.ts';

export interface RelayServerOptions {
  readonly privateKey: PrivateKey;
  readonly host: string;
  /** 0 takes any free one. */
  readonly port: number;
  /** Own certificate and key as PEM; without them it speaks plain HTTP, for this machine or behind a proxy. */
  readonly tls?: { readonly cert: string; readonly key: string };
  /** Multiaddrs without the peer id, e.g. "/dns4/relay.example.org/tcp/443/tls/ws". Missing: what it listens on, of this machine's addresses each. */
  readonly announce?: readonly string[];
  /** Offers WebTransport on a UDP port of the same host, too; 0 takes any free one. */
  readonly webTransport?: { readonly port: number; readonly certificates: Certificates };
  readonly trusted: BlockList;
  readonly limits: SubnetLimits;
}

export interface RelayServer {
  readonly port: number;
  /** What to give to others, with the peer id. */
  addresses(): readonly string[];
  /** Takes nobody in any more, and ends what is there, so that its peers look for another relay at once. */
  close(): Promise<void>;
}

/** Rejects with TabmeshError('unavailable' | 'denied' | 'invalid', 'node') where it cannot listen; then nothing runs. */
export async function startRelay(options: RelayServerOptions): Promise<RelayServer> {
  const admission = new Admission(options.limits);
  const counts: RelayCounts = { accepted: 0, refused: { subnet: 0, place: 0 }, bytesIn: 0, bytesOut: 0 };
  const webTransport =
    options.webTransport && (await besides(options.webTransport, options.host, admission, counts));
  const open = new Set<Socket>();
  const answer: { request: RequestListener } = {
    request: (_, response) => void response.writeHead(503).end(),
  };
  const onRequest: RequestListener = (request, response) => answer.request(request, response);
  const server = options.tls ? createTlsServer(options.tls, onRequest) : createServer(onRequest);
  server.maxConnections = 2 * gatewayConnectionsMax;
  server.on('connection', (socket: Socket) => {
    const from = addressOf(socket);
    // A proxy brings everybody's; whose they are stands in what they ask, and counts where it is taken in.
    const leave = isTrusted(from, options.trusted) ? () => {} : admission.arrive(from);
    if (!leave) {
      counts.refused.subnet += 1;
      socket.destroy();
      return;
    }
    socket.once('close', leave);
    open.add(socket);
    socket.once('close', () => open.delete(socket));
  });
  const relayPort = await freePort('127.0.0.1');
  const port = await listen(server, options.host, options.port);
  const end = () => {
    server.close();
    for (const socket of open) socket.destroy();
  };
  const relay = await createRelay({
    privateKey: options.privateKey,
    port: relayPort,
    announce: options.announce ?? [
      ...announced(options.host, port, options.tls !== undefined),
      ...(webTransport?.announced ?? []),
    ],
    ...(webTransport ? { beside: webTransport } : {}),
    mayReserve: (from, holders) => {
      const may = admission.mayReserve(from, holders);
      if (!may) counts.refused.place += 1;
      return may;
    },
  }).catch(error => {
    end();
    throw error;
  });
  server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    socket.on('error', () => socket.destroy());
    const admitted = admission.connect(clientAddress(request, options.trusted));
    if (!admitted) {
      counts.refused.subnet += 1;
      socket.end(
        'HTTP/1.1 429 Too Many Requests\r\nConnection: close\r\nRetry-After: 60\r\nContent-Length: 0\r\n\r\n',
      );
      return;
    }
    counts.accepted += 1;
    const inner = passOn(request, socket, head, relayPort);
    const inside = { port: 0 };
    inner.once('connect', () => {
      inside.port = inner.localPort!;
      admission.assign(inside.port, admitted.subnet);
    });
    inner.once('close', () => {
      admission.release(inside.port);
      admitted.end();
      counts.bytesIn += inner.bytesWritten;
      counts.bytesOut += inner.bytesRead;
    });
  });
  const startedAt = performance.now();
  answer.request = statusPages({ relay, counts, startedAt, now: () => performance.now() });
  return {
    port,
    addresses: () => relay.addresses(),
    async close() {
      answer.request = (_, response) => void response.writeHead(503).end('This relay is stopping.\n');
      server.close();
      await relay.stop();
      end();
    },
  };
}

/** What the relay offers beside WebSockets. Rejects, before anything listens, where this machine has no WebTransport. */
async function besides(
  { port: wanted, certificates }: NonNullable<RelayServerOptions['webTransport']>,
  host: string,
  admission: Admission,
  counts: RelayCounts,
) {
  const quiche = loadQuiche();
  const version = isIP(host);
  if (version === 0)
    throw new TabmeshError('invalid', 'node', `WebTransport listens on an IP address; "${host}" is a name.`);
  const port = wanted === 0 ? await freeUdpPort(host) : wanted;
  const admit = (address: string) => {
    const admitted = admission.connect(address);
    if (admitted) counts.accepted += 1;
    else counts.refused.subnet += 1;
    return admitted?.end;
  };
  const onClosed = ({ bytesIn, bytesOut }: { bytesIn: number; bytesOut: number }) => {
    counts.bytesIn += bytesIn;
    counts.bytesOut += bytesOut;
  };
  return {
    listen: `/ip${version}/${host}/udp/${port}/quic-v1/webtransport`,
    announced: announcedUdp(host, port),
    transport: webTransportListener({ quiche, certificates, admit, onClosed }),
  };
}
