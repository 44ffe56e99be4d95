import { expect, test } from 'vitest';
import { SharedTensors } from './shared-tensors.ts';

function fixture() {
  const freed: string[] = [];
  const shared = new SharedTensors<string>(tensor => {
    freed.push(tensor);
  });
  return { shared, freed };
}
const never = () => Promise.reject(new Error('should not be loaded'));

test('frees with the last who holds it, and loads again after that', async () => {
  const { shared, freed } = fixture();
  expect(await shared.acquire('a', async () => 'first')).toBe('first');
  expect(await shared.acquire('a', never)).toBe('first');
  await shared.release('a');
  expect(freed).toEqual([]);
  await shared.release('a');
  expect(freed).toEqual(['first']);
  expect(await shared.acquire('a', async () => 'second')).toBe('second');
  await shared.release('a');
  await shared.release('a');
  expect(freed).toEqual(['first', 'second']);
});

test('those who wait for a load that fails try it themselves, one of them for all', async () => {
  const { shared, freed } = fixture();
  const { promise, reject } = Promise.withResolvers<string>();
  const first = shared.acquire('a', () => promise);
  let loads = 0;
  const load = async () => `own ${++loads}`;
  const others = [shared.acquire('a', load), shared.acquire('a', load)];
  reject(new Error('no'));
  await expect(first).rejects.toThrow('no');
  expect(await Promise.all(others)).toEqual(['own 1', 'own 1']);
  await shared.release('a');
  expect(freed).toEqual([]);
  await shared.release('a');
  expect(freed).toEqual(['own 1']);
});

test('who is aborted while waiting leaves at once, and holds nothing', async () => {
  const { shared, freed } = fixture();
  const { promise, resolve } = Promise.withResolvers<string>();
  const first = shared.acquire('a', () => promise);
  const abort = new AbortController();
  const second = shared.acquire('a', never, abort.signal);
  abort.abort();
  await expect(second).rejects.toMatchObject({ name: 'AbortError' });
  resolve('tensor');
  await first;
  await shared.release('a');
  expect(freed).toEqual(['tensor']);
});

test('an abort and a failed load at one time do not harm the load that follows', async () => {
  const { shared, freed } = fixture();
  const { promise, reject } = Promise.withResolvers<string>();
  const abort = new AbortController();
  const outcomes = Promise.allSettled([
    shared.acquire('a', () => promise),
    shared.acquire('a', never, abort.signal),
    shared.acquire('a', async () => 'tensor'),
  ]);
  abort.abort();
  reject(new Error('no'));
  expect((await outcomes).map(({ status }) => status)).toEqual(['rejected', 'rejected', 'fulfilled']);
  expect(freed).toEqual([]);
  expect(await shared.acquire('a', never)).toBe('tensor');
  await shared.release('a');
  await shared.release('a');
  expect(freed).toEqual(['tensor']);
});
