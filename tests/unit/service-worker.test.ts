import { readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { requestBodyBytesMax } from '../../src/base/limits.ts';

test('the service worker, which imports nothing, takes bodies as large as the API does', async () => {
  const source = await readFile(new URL('../../workers/service-worker.ts', import.meta.url), 'utf8');
  const [, bytes] = /^const bodyBytesMax = ([\d_]+);$/m.exec(source)!;
  expect(Number(bytes!.replaceAll('_', ''))).toBe(requestBodyBytesMax);
});
