import { expect, test } from 'vitest';
import { shellFiles, size } from '../../bench/size.ts';

test('the shell of the app, packed, has at most 250 KB', async () => {
  const extensions = (await shellFiles()).map(name => name.split('.').at(-1));
  expect(new Set(extensions)).toEqual(new Set(['html', 'js', 'css']));
  const [shell] = await size();
  expect(shell?.name).toBe('size/shell-gzip');
  expect(shell?.value).toBeLessThanOrEqual(250_000);
});
