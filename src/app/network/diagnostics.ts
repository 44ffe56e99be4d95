/** A text for whoever helps: states and times. No key, invite, password or address, since people paste it in public. */
import { formatBytes } from '../../base/bytes.ts';
import type { DeviceInfo } from '../../engine/engine.ts';
import type { KnownRelay, NetworkStatus, PeerConnection } from '../../network/network.ts';
import type { NetworkSettings } from '../../network/settings.ts';
import type { PodState } from '../../pod/pod.ts';
import type { JoinStep } from './joining.ts';

export interface Diagnosed {
  readonly browser: string;
  readonly isolated: boolean;
  readonly self: string | undefined;
  readonly device: DeviceInfo | undefined;
  readonly status: NetworkStatus;
  readonly steps: readonly JoinStep[];
  readonly relays: readonly KnownRelay[];
  readonly connections: readonly PeerConnection[];
  readonly settings: NetworkSettings | undefined;
  readonly pod: PodState | undefined;
  /** Fatal reason of a peer that did not start. */
  readonly problem: string | undefined;
}

export function diagnosticsText(seen: Diagnosed): string {
  const { settings, pod, problem } = seen;
  const ice = settings?.iceServers;
  return [
    'Tabmesh diagnostics',
    `Browser: ${seen.browser}`,
    `Isolated: ${seen.isolated ? 'yes' : 'no'}`,
    `Peer: ${seen.self ?? 'not started'}`,
    ...(problem === undefined ? [] : [`Problem: ${problem}`]),
    `Device: ${seen.device ? [seen.device.name, seen.device.note].filter(Boolean).join(', ') : 'not known'}`,
    `Status: ${statusText(seen.status)}`,
    'Joining:',
    ...seen.steps.map(
      ({ name, state, ms }) => `  ${name}: ${state}${ms === undefined ? '' : `, ${Math.round(ms)} ms`}`,
    ),
    `Settings: ${settings?.relays.length ?? 0} relays named, ${ice ? `${ice.length} ICE servers named` : 'usual ICE servers'}`,
    'Relays:',
    ...seen.relays.map(({ peer, named, state }) => `  ${peer}: ${state}${named ? ', named' : ''}`),
    'Connections:',
    ...seen.connections.map(each => `  ${each.peer}: ${connectionText(each)}`),
    `Pod: ${pod?.id === undefined ? 'none' : `${pod.members.length} members, plans ${pod.spread}`}`,
    ...(pod?.members ?? []).map(memberText),
    ...(pod?.models ?? []).map(
      ({ plan, problem: cannot }) =>
        `  model: ${plan ? `${plan.assignments.length} parts` : (cannot?.kind ?? 'header is being read')}`,
    ),
  ].join('\n');
}

function statusText(status: NetworkStatus): string {
  if (status.kind === 'offline') return `offline, ${status.reason}`;
  if (status.kind === 'connecting') return `connecting, ${status.step}`;
  return status.kind === 'connected' ? `connected, ${status.peers} peers` : status.kind;
}

const connectionText = ({ kind, transport, path, rttMs, bytesSent, bytesReceived }: PeerConnection): string =>
  [
    kind,
    transport,
    path,
    rttMs === undefined ? undefined : `${Math.round(rttMs)} ms`,
    bytesSent === undefined ? undefined : `${formatBytes(bytesSent)} sent`,
    bytesReceived === undefined ? undefined : `${formatBytes(bytesReceived)} received`,
  ]
    .filter(part => part !== undefined)
    .join(', ');

const memberText = ({ id, link, memoryBytes, hidden, problems }: PodState['members'][number]): string =>
  `  ${id}: ${link.kind}, lends ${formatBytes(memoryBytes)}${hidden ? ', hidden' : ''}${problems?.length ? `, ${problems.map(({ kind }) => kind).join(' ')}` : ''}`;
