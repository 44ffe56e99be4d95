import * as v from 'valibot';
import type { LinkPath } from '../network.ts';

export interface PathReport {
  readonly path: LinkPath;
  /** Of the browser's own checks, in whole milliseconds, which no busy page answers late. */
  readonly rttMs?: number;
  readonly bytesSent: number;
  readonly bytesReceived: number;
}

const pairSchema = v.object({
  type: v.literal('candidate-pair'),
  id: v.string(),
  state: v.string(),
  nominated: v.optional(v.boolean(), false),
  localCandidateId: v.string(),
  remoteCandidateId: v.string(),
  bytesSent: v.optional(v.number(), 0),
  bytesReceived: v.optional(v.number(), 0),
  currentRoundTripTime: v.optional(v.number()),
});
const transportSchema = v.object({ type: v.literal('transport'), selectedCandidatePairId: v.string() });
const candidateSchema = v.object({ candidateType: v.picklist(['host', 'srflx', 'prflx', 'relay']) });

/**
 * How the selected pair of candidates goes, out of what RTCPeerConnection.getStats() reports. Undefined while no pair is
 * selected, or where a browser reports otherwise (Firefox names no selected pair but the nominated one).
 */
export function pathOf(reports: Iterable<unknown>): PathReport | undefined {
  const all = [...reports];
  const byId = new Map(all.flatMap(each => (hasId(each) ? [[each.id, each] as const] : [])));
  const pairs = all.flatMap(each => (v.is(pairSchema, each) ? [v.parse(pairSchema, each)] : []));
  const selected = all.flatMap(each => (v.is(transportSchema, each) ? [each.selectedCandidatePairId] : []));
  const pair =
    pairs.find(each => selected.includes(each.id)) ??
    pairs.find(each => each.nominated && each.state === 'succeeded');
  if (!pair) return undefined;
  const types = [pair.localCandidateId, pair.remoteCandidateId].map(id => {
    const candidate = byId.get(id);
    return v.is(candidateSchema, candidate) ? candidate.candidateType : undefined;
  });
  if (types.includes(undefined)) return undefined;
  // Each side selects for itself, so what comes may come over another pair than what goes.
  const sum = (of: (each: (typeof pairs)[number]) => number) =>
    pairs.reduce((all, each) => all + of(each), 0);
  const [bytesSent, bytesReceived] = [sum(each => each.bytesSent), sum(each => each.bytesReceived)];
  const seconds = pair.currentRoundTripTime;
  return {
    path: pathOfTypes(types),
    ...(seconds === undefined ? {} : { rttMs: seconds * 1000 }),
    bytesSent,
    bytesReceived,
  };
}

/**
 * 'prflx' is an address that was first seen on an arriving packet: that of a host whose own candidate came later or is
 * hidden behind mDNS, unless one side had to ask a STUN server ('srflx').
 */
function pathOfTypes(types: readonly unknown[]): LinkPath {
  if (types.includes('relay')) return 'turn';
  return types.includes('srflx') ? 'nat' : 'host';
}

const hasId = (report: unknown): report is { id: string } =>
  typeof report === 'object' && report !== null && typeof (report as { id?: unknown }).id === 'string';
