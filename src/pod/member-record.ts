/** Members as the house sees them, from and to what goes over the wire. */
import type { PeerId } from '../base/brand.ts';
import {
  addressCharactersMax,
  addressesPerPeerMax,
  podModelsMax,
  problemCharactersMax,
  textCharactersMax,
} from '../base/limits.ts';
import type { PeerConnection } from '../network/network.ts';
import { peerName } from '../network/peer-name.ts';
import type { Member } from './member.ts';
import type { WireRecord } from './pod-message.ts';
import type { Served } from './served-models.ts';
import { isShareable } from './shareable.ts';
import type { Speed } from './speed.ts';

/** What others are told of `self`: nothing of models that only it may know. */
export function recordOf(self: Member, addresses: readonly string[], models: Served[]): WireRecord {
  const { device, memoryBytes, holds, loading, problems = [], speed, hidden, roundTrips = [] } = self;
  return {
    deviceKind: device.kind,
    deviceName: device.name,
    deviceNote: device.note?.slice(0, textCharactersMax) ?? '',
    memoryBytes,
    addresses: addresses
      .filter(address => address.length <= addressCharactersMax)
      .slice(0, addressesPerPeerMax),
    holds: holds.filter(({ model }) => isShareable(model)).map(({ model, layers }) => ({ model, ...layers })),
    ...(loading && isShareable(loading.model) ? { loading } : {}),
    models,
    problems: problems
      .filter(({ model }) => isShareable(model))
      .slice(0, podModelsMax)
      .map(each => ({ ...each, reason: each.reason.slice(0, problemCharactersMax) })),
    ...(speed ? { speed: { chunkNanosPerMB: 0, ...speed } } : {}),
    hidden: hidden ?? false,
    roundTrips: [...roundTrips],
  };
}

export function memberOf(peer: PeerId, record: WireRecord, connections: readonly PeerConnection[]): Member {
  const connection = connections.find(each => each.peer === peer);
  const {
    deviceKind: kind,
    deviceName: name,
    deviceNote: note,
    memoryBytes,
    holds,
    loading,
    problems,
    speed,
    hidden,
    roundTrips,
  } = record;
  return {
    id: peer,
    name: peerName(peer),
    device: { kind, name, ...(note ? { note } : {}) },
    memoryBytes,
    link: connection ? linkOf(connection) : { kind: 'none' },
    holds: holds
      .filter(({ model }) => isShareable(model))
      .map(({ model, first, last }) => ({ model, layers: { first, last } })),
    ...(loading ? { loading } : {}),
    ...(problems.length > 0 ? { problems } : {}),
    ...(speed ? { speed: speedOf(speed) } : {}),
    ...(hidden ? { hidden } : {}),
    ...(roundTrips.length > 0 ? { roundTrips } : {}),
  };
}

const speedOf = ({ rowNanosPerMB, chunkNanosPerMB }: Required<Speed>): Speed => ({
  rowNanosPerMB,
  ...(chunkNanosPerMB > 0 ? { chunkNanosPerMB } : {}),
});

const linkOf = ({ kind, transport, rttMs }: PeerConnection): Member['link'] => ({
  kind,
  transport,
  ...(rttMs === undefined ? {} : { rttMs }),
});
