import { expect, test } from 'vitest';
import type { ModelId, PeerId } from '../base/brand.ts';
import { type ChainHop, chooseChain } from './chain.ts';
import type { Member } from './member.ts';
import type { Plan } from './plan.ts';

const model = 'm' as ModelId;
const member = (id: string, ...ranges: [number, number][]): Member => ({
  id: id as PeerId,
  name: id,
  device: { kind: 'cpu', name: 'CPU' },
  memoryBytes: 1,
  link: { kind: 'none' },
  holds: ranges.map(([first, last]) => ({ model, layers: { first, last } })),
});
const planOf = (...hops: [string, number, number][]): Plan => ({
  assignments: hops.map(([peer, first, last]) => ({ peer: peer as PeerId, first, last, bytes: 1 })),
  spare: [],
  spread: 'fast',
  standbys: [],
  explanation: [],
});
const told = (chain: ChainHop[] | undefined) => chain?.map(hop => `${hop.peer} ${hop.first}-${hop.last}`);

test('the plan counts where it is held', () => {
  const members = [member('a', [0, 6]), member('b', [3, 6])];
  expect(told(chooseChain(model, 6, planOf(['a', 0, 3], ['b', 3, 6]), members))).toEqual(['a 0-3', 'b 3-6']);
});

test('while the plan is not held yet, whatever covers all layers with the fewest hops', () => {
  const plan = planOf(['a', 0, 2], ['b', 2, 4], ['c', 4, 6]);
  const members = [member('a', [0, 2], [0, 3]), member('b', [2, 6]), member('c')];
  expect(told(chooseChain(model, 6, plan, members))).toEqual(['a 0-3', 'b 3-6']);
  expect(chooseChain(model, 6, plan, [member('a', [0, 3]), member('b', [4, 6])])).toBe(undefined);
  expect(chooseChain(model, 6, undefined, [])).toBe(undefined);
});

test('a peer that failed is passed over where others can do its part, and used where not', () => {
  const avoid = new Set(['b' as PeerId]);
  const plan = planOf(['a', 0, 3], ['b', 3, 6]);
  const members = [member('a', [0, 3]), member('b', [3, 6])];
  expect(told(chooseChain(model, 6, plan, [...members, member('c', [2, 6])], avoid))).toEqual([
    'a 0-3',
    'c 3-6',
  ]);
  expect(told(chooseChain(model, 6, plan, members, avoid))).toEqual(['a 0-3', 'b 3-6']);
});

test('ranges beyond the model are not believed', () => {
  expect(chooseChain(model, 6, undefined, [member('liar', [0, 9])])).toBe(undefined);
});
