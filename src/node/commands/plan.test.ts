import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, expect, test, vi } from 'vitest';
import { toldPlanBytesMax } from '../../base/limits.ts';
import { plan } from './plan.ts';

const stops: (() => void)[] = [];
afterEach(() => {
  vi.restoreAllMocks();
  for (const stop of stops.splice(0)) stop();
});

async function asked(listener: RequestListener): Promise<{ code: number | undefined; printed: string }> {
  const printed: string[] = [];
  vi.spyOn(console, 'log').mockImplementation(text => void printed.push(String(text)));
  vi.spyOn(console, 'table').mockImplementation(rows => void printed.push(JSON.stringify(rows)));
  const server = createServer(listener);
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  stops.push(() => {
    server.close();
    server.closeAllConnections();
  });
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  const code = await plan.run({ 'dry-run': true, url }, ['guide'], new AbortController().signal);
  return { code, printed: printed.join('\n') };
}

const saying =
  (body: unknown, status = 200): RequestListener =>
  (_, response) =>
    void response.writeHead(status).end(typeof body === 'string' ? body : JSON.stringify(body));
const assignment = { peer: 'a', first: 0, last: 4, bytes: 10 };
const whole = { spread: 'wide', assignments: [assignment], spare: [], standbys: [], explanation: ['So.'] };

test('a plan that a process tells is printed', async () => {
  const { code, printed } = await asked(
    saying({ names: { a: 'Blue-Heron' }, preview: { plan: whole, outlook: ['More.'] } }),
  );
  expect(code).toBe(0);
  for (const each of ['Blue-Heron', '1 to 4', 'So.', 'More.']) expect(printed).toContain(each);
});

test.each<[string, unknown]>([
  ['words', 'Hello'],
  ['nothing', ''],
  ['another object', { names: {}, preview: {} }],
  ['a plan without layers', { names: {}, preview: { plan: {}, outlook: [] } }],
  ['peers that are none', { names: {}, preview: { plan: { ...whole, assignments: [7] }, outlook: [] } }],
  ['names that are none', { names: { a: 7 }, preview: { plan: whole, outlook: [] } }],
])('another program that answers with %s is told apart', async (_, body) => {
  await expect(asked(saying(body))).rejects.toMatchObject({
    kind: 'unavailable',
    origin: 'node',
    reason: expect.stringContaining('no plan'),
  });
});

test('an answer without an end is not read to it', async () => {
  let sent = 0;
  const endless: RequestListener = (_, response) => {
    const more = () => {
      while (!response.destroyed && response.write(' '.repeat(16_384))) sent += 16_384;
    };
    response.on('drain', more);
    more();
  };
  await expect(asked(endless)).rejects.toMatchObject({ kind: 'unavailable', origin: 'node' });
  expect(sent).toBeGreaterThan(toldPlanBytesMax);
});

test('what a process refuses is said in its own words', async () => {
  const refused = asked(saying({ reason: 'There is no such model.' }, 404));
  await expect(refused).rejects.toMatchObject({ kind: 'not-found', reason: 'There is no such model.' });
});
