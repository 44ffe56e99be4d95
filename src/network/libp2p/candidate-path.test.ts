import { expect, test } from 'vitest';
import { pathOf } from './candidate-path.ts';

const stats = (local: string, remote: string) => [
  { type: 'transport', id: 'T1', selectedCandidatePairId: 'P2' },
  { type: 'candidate-pair', id: 'P1', state: 'failed', localCandidateId: 'L1', remoteCandidateId: 'R1' },
  {
    type: 'candidate-pair',
    id: 'P2',
    state: 'succeeded',
    nominated: true,
    localCandidateId: 'L2',
    remoteCandidateId: 'R2',
    bytesSent: 7,
    bytesReceived: 9,
    currentRoundTripTime: 0.012,
  },
  { type: 'local-candidate', id: 'L1', candidateType: 'relay' },
  { type: 'local-candidate', id: 'L2', candidateType: local },
  { type: 'remote-candidate', id: 'R2', candidateType: remote },
];

test.each([
  ['host', 'host', 'host'],
  ['host', 'prflx', 'host'],
  ['srflx', 'host', 'nat'],
  ['prflx', 'srflx', 'nat'],
  ['relay', 'host', 'turn'],
  ['host', 'relay', 'turn'],
])('%s to %s is %s', (local, remote, path) => {
  const reports = stats(local, remote);
  expect(pathOf(reports)).toEqual({ path, rttMs: 12, bytesSent: 7, bytesReceived: 9 });
  expect(pathOf(reports.slice(1))).toEqual({ path, rttMs: 12, bytesSent: 7, bytesReceived: 9 });
});

test.each<[string, unknown[]]>([
  ['nothing', []],
  ['no selected pair', stats('host', 'host').slice(1, 2)],
  ['a pair whose candidates are not told', stats('host', 'host').slice(0, 3)],
  ['an unknown kind', stats('host', 'carrier pigeon')],
  ['garbage', [1, null, 'x', { type: 'candidate-pair' }, { id: 5 }]],
])('%s is no path', (_, reports) => {
  expect(pathOf(reports)).toBe(undefined);
});
