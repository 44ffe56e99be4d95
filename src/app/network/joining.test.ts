import { expect, test } from 'vitest';
import type { PeerId } from '../../base/brand.ts';
import type { KnownRelay } from '../../network/network.ts';
import { Joining, type JoinStep, type Seen } from './joining.ts';

const relay = (state: KnownRelay['state']): KnownRelay => ({
  peer: 'relay' as PeerId,
  name: 'Relay',
  addresses: [],
  named: true,
  state,
});
const short = (steps: readonly JoinStep[]) => steps.map(({ name, state, ms }) => [name, state, ms]);
const starting: Seen = { started: false, status: { kind: 'connecting', step: 'Starting' }, relays: [] };
const dialing: Seen = {
  started: true,
  status: { kind: 'connecting', step: 'Dialing' },
  relays: [relay('dialing')],
};
const alone: Seen = { started: true, status: { kind: 'relay-only' }, relays: [relay('reserved')] };
const connected: Seen = {
  started: true,
  status: { kind: 'connected', peers: 1 },
  relays: [relay('reserved')],
};

test('each step has the time that it took', () => {
  const joining = new Joining();
  joining.see(starting, 100);
  expect(short(joining.see(dialing, 700)).slice(0, 3)).toEqual([
    ['start', 'done', 700],
    ['relay', 'now', 0],
    ['place', 'waiting', undefined],
  ]);
  joining.see({ ...dialing, relays: [relay('connected')] }, 900);
  joining.see(alone, 1_000);
  expect(short(joining.see(connected, 4_000))).toEqual([
    ['start', 'done', 700],
    ['relay', 'done', 200],
    ['place', 'done', 100],
    ['peers', 'done', 3_000],
  ]);
});

test('a step that is lost begins anew, and the times of the others stay', () => {
  const joining = new Joining();
  joining.see(starting, 0);
  joining.see(connected, 500);
  const again = joining.see({ ...alone, pod: { members: [{ link: { kind: 'self' } }] } }, 9_000);
  expect(short(again)).toEqual([
    ['start', 'done', 500],
    ['relay', 'done', 0],
    ['place', 'done', 0],
    ['peers', 'now', 0],
    ['pod', 'waiting', undefined],
  ]);
});

test('what fails, or takes long, comes with what to do', () => {
  const offline: Seen = { ...dialing, status: { kind: 'offline', reason: 'No relay answers.' } };
  const cure = (seen: Seen, ms = 0) => {
    const joining = new Joining();
    joining.see(seen, 0);
    return joining.see(seen, ms).find(step => step.cure);
  };
  expect(cure({ ...offline, relays: [] })).toMatchObject({ name: 'relay', state: 'failed', cure: 'noRelay' });
  expect(cure({ ...offline, relays: [relay('silent')] })).toMatchObject({ cure: 'silentRelay' });
  expect(cure({ ...starting, status: { kind: 'offline', reason: 'no' } })).toMatchObject({ cure: 'start' });
  expect(cure({ ...dialing, relays: [relay('connected')] }, 20_000)).toMatchObject({ cure: 'noPlace' });
  expect(cure(alone, 1_000)).toBeUndefined();
  expect(cure(alone, 20_000)).toMatchObject({ name: 'peers', state: 'now', cure: 'nobody' });
  expect(cure({ ...connected, pod: { members: [] } }, 20_000)).toMatchObject({ cure: 'nobodyOfPod' });
});
