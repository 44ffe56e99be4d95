import { expect, test } from 'vitest';
import { readDescribedPod } from './described-pod.ts';

const peer = (more: object = {}) => ({ name: 'desk', lendsBytes: 1e9, ...more });
const read = (data: unknown) => readDescribedPod(JSON.stringify(data));

test('a described pod is what plans go by', () => {
  const { spread, members } = read({
    peers: [peer({ rowMsPerMB: 0.02 }), peer({ name: 'phone', hidden: true, roundTripMs: { desk: 20 } })],
  });
  expect(spread).toBe('fast');
  expect(members).toMatchObject([
    { id: 'desk', memoryBytes: 1e9, speed: { rowNanosPerMB: 20_000 }, hidden: false, roundTrips: [] },
    { id: 'phone', hidden: true, roundTrips: [{ peer: 'desk', ms: 20 }] },
  ]);
});

test.each([
  ['no JSON', '{', /cannot be used/],
  ['nobody', '{"peers":[]}', /peers/],
  ['a typing error', JSON.stringify({ peers: [peer({ lendBytes: 1 })] }), /peers\.0\.lendBytes/],
  ['less than nothing', JSON.stringify({ peers: [peer({ lendsBytes: -1 })] }), /peers\.0\.lendsBytes/],
  ['two of one name', JSON.stringify({ peers: [peer(), peer()] }), /same name/],
  ['a stranger', JSON.stringify({ peers: [peer({ roundTripMs: { tablet: 1 } })] }), /"tablet"/],
  ['too much', ' '.repeat(300_000), /longer than/],
])('%s is refused, and where it is wrong', (_, text, reason) => {
  expect(() => readDescribedPod(text)).toThrow(reason);
});
