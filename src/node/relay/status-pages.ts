import type { RequestListener } from 'node:http';
import { relayReservationsMax } from '../../base/limits.ts';
import type { Relay } from '../../network/libp2p/create-relay.ts';
import { exposition, type Metric } from './metrics.ts';

export interface RelayCounts {
  accepted: number;
  refused: { subnet: number; place: number };
  /** Of WebSockets and WebTransport sessions that have ended, as they came in and went out. */
  bytesIn: number;
  bytesOut: number;
}

export interface StatusParts {
  readonly relay: Pick<Relay, 'self' | 'addresses' | 'connections' | 'reservations'>;
  readonly counts: RelayCounts;
  readonly startedAt: number;
  readonly now: () => number;
}

/** `/` for people, `/health` for a watchdog, `/metrics` for Prometheus. None names who is connected. */
export function statusPages(parts: StatusParts): RequestListener {
  return ({ method, url = '/' }, response) => {
    const send = (status: number, type: string, body: string) => {
      const headers = { 'content-type': `${type}; charset=utf-8`, 'cache-control': 'no-store' };
      response.writeHead(status, headers).end(method === 'HEAD' ? undefined : body);
    };
    const path = url.split('?')[0];
    if (method !== 'GET' && method !== 'HEAD')
      return send(405, 'text/plain', 'This page can only be read.\n');
    if (path === '/health') return send(200, 'application/json', `${JSON.stringify(healthOf(parts))}\n`);
    if (path === '/metrics') return send(200, 'text/plain; version=0.0.4', exposition(metricsOf(parts)));
    if (path === '/') return send(200, 'text/plain', pageOf(parts));
    send(404, 'text/plain', 'There is nothing here. Try /, /health or /metrics.\n');
  };
}

const upSeconds = ({ now, startedAt }: StatusParts): number => Math.floor((now() - startedAt) / 1000);

function healthOf(parts: StatusParts) {
  const { relay } = parts;
  return {
    status: relay.reservations < relayReservationsMax ? 'ok' : 'full',
    peer: relay.self,
    addresses: relay.addresses(),
    connections: relay.connections,
    reservations: relay.reservations,
    reservationsMax: relayReservationsMax,
    upSeconds: upSeconds(parts),
  };
}

function pageOf(parts: StatusParts): string {
  const { status, addresses, connections, reservations, reservationsMax, upSeconds } = healthOf(parts);
  return `A Tabmesh relay. It introduces browser tabs to each other, and carries what they cannot send directly, encrypted between them.

State          ${status === 'ok' ? 'taking peers in' : 'full; new peers are told to look elsewhere'}
Connections    ${connections}
Places         ${reservations} of ${reservationsMax} taken
Running for    ${Math.floor(upSeconds / 3600)} h ${Math.floor(upSeconds / 60) % 60} min

To use it, put this address into Tabmesh under Settings:
${addresses.map(address => `  ${address}\n`).join('')}`;
}

function metricsOf(parts: StatusParts): Metric[] {
  const { relay, counts } = parts;
  const one = (name: string, type: Metric['type'], help: string, value: number): Metric => ({
    name: `tabmesh_relay_${name}`,
    help,
    type,
    values: [{ value }],
  });
  return [
    one('connections', 'gauge', 'Peers that are connected.', relay.connections),
    one('reservations', 'gauge', 'Places that are taken.', relay.reservations),
    one('reservations_max', 'gauge', 'Places that there are.', relayReservationsMax),
    one(
      'accepted_total',
      'counter',
      'WebSockets and WebTransport sessions that were let in.',
      counts.accepted,
    ),
    {
      name: 'tabmesh_relay_refused_total',
      help: 'What was refused because one subnet had its share: connections and places.',
      type: 'counter',
      values: [
        { labels: { what: 'connection' }, value: counts.refused.subnet },
        { labels: { what: 'place' }, value: counts.refused.place },
      ],
    },
    {
      name: 'tabmesh_relay_bytes_total',
      help: 'Bytes of WebSockets and WebTransport sessions that have ended.',
      type: 'counter',
      values: [
        { labels: { direction: 'in' }, value: counts.bytesIn },
        { labels: { direction: 'out' }, value: counts.bytesOut },
      ],
    },
    one('up_seconds', 'gauge', 'Seconds since the start.', upSeconds(parts)),
    one('memory_bytes', 'gauge', 'Resident memory of the process.', process.memoryUsage.rss()),
  ];
}
