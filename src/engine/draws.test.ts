import { expect, test } from 'vitest';
import { Draws } from './draws.ts';
import { greedy } from './stage.ts';

/** The logits of a row are the row itself. */
function counted(rowsMax: number) {
  const passes: number[] = [];
  const draws = new Draws(rowsMax, hidden => {
    passes.push(hidden.length / 4);
    return hidden.slice();
  });
  const next = async (token: number) => {
    const row = Float32Array.from({ length: 4 }, (_, i) => Number(i === token));
    return (await draws.verify(row, [], greedy, 0))[0]!.token;
  };
  /** Rows whose likeliest tokens are `tokens`. */
  const verify = async (tokens: readonly number[], drafts: readonly number[]) => {
    const rows = Float32Array.from({ length: 4 * tokens.length }, (_, i) =>
      Number(i % 4 === tokens[Math.floor(i / 4)]),
    );
    return (await draws.verify(rows, drafts, greedy, 0)).map(({ token }) => token);
  };
  return { passes, next, verify };
}

test('rows that come together, and those that come meanwhile, share a pass', async () => {
  const { passes, next } = counted(8);
  const { port1, port2 } = new MessageChannel();
  const messages = [1, 2, 3].map(
    token =>
      new Promise<number>(resolve => {
        port1.addEventListener('message', ({ data }) => data === token && resolve(next(token)));
      }),
  );
  port1.start();
  for (const token of [1, 2, 3]) port2.postMessage(token);
  expect(await Promise.all([next(0), next(3), ...messages])).toEqual([0, 3, 1, 2, 3]);
  expect(passes).toEqual([5]);
  port1.close();
});

test('no pass has more rows than it takes, and a lone row does not wait for others', async () => {
  const { passes, next } = counted(2);
  expect(await Promise.all([0, 1, 2, 3, 0].map(next))).toEqual([0, 1, 2, 3, 0]);
  expect(passes).toEqual([2, 2, 1]);
  expect(await next(2)).toBe(2);
  expect(passes).toEqual([2, 2, 1, 1]);
});

test('logits that are no numbers fail the row that has them, and a pass that fails fails its rows', async () => {
  const draws = new Draws(8, hidden => hidden.map(value => (value === 9 ? Number.NaN : value)));
  const outcomes = await Promise.allSettled([
    draws.verify(Float32Array.of(0, 9), [], greedy, 0),
    draws.verify(Float32Array.of(0, 1), [], greedy, 0),
  ]);
  expect(outcomes[0]).toMatchObject({ reason: { kind: 'invalid' } });
  expect(outcomes[1]).toMatchObject({ value: [{ token: 1 }] });
  const gone = new Draws(8, () => {
    throw new Error('freed');
  });
  await expect(gone.verify(Float32Array.of(0, 1), [], greedy, 0)).rejects.toThrow('freed');
});

test('rows behind drafts stay together, and count up to the first that is another token', async () => {
  const { passes, next, verify } = counted(4);
  const answers = await Promise.all([
    next(1),
    verify([1, 2, 3], [1, 2]),
    verify([1, 2, 3], [1, 0]),
    next(2),
    verify([3, 2, 1, 0], [0, 2, 1]),
  ]);
  expect(answers).toEqual([1, [1, 2, 3], [1, 2], 2, [3]]);
  expect(passes).toEqual([4, 4, 4]);
});
