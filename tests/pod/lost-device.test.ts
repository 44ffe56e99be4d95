import { afterEach, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { until } from '../../src/base/live.ts';
import { openModel } from '../../src/model/open.ts';
import type { ByteSource } from '../../src/model/source.ts';
import { planLayers } from '../../src/pod/model-bytes.ts';
import { type LosableDevice, losableDevice } from './losable-device.ts';
import {
  type Answer,
  answerOf,
  ask,
  cached,
  type PodWorld,
  planHeld,
  podWorld,
  routes,
  sourceOf,
  tiny,
  when,
} from './pod-world.ts';

vi.setConfig({ testTimeout: 60_000 });

let house: PodWorld;
let device: LosableDevice;
beforeEach(async () => {
  house = await podWorld();
  device = losableDevice();
});
afterEach(() => house.close());

const request = ask({ maxTokens: 10 });
const lost = "The engine's worker ended.";

let undisturbed: number[];
beforeAll(async () => {
  const other = await podWorld();
  const alone = await other.peer('alone');
  await alone.pod.serve(tiny, 'tiny');
  undisturbed = (await answerOf(alone, request)).tokens;
  await other.close();
});

const causes = ({ events }: Answer) =>
  events.flatMap(event => (event.kind === 'step' && event.step.cause ? [event.step.cause] : []));

/** As from a server: what is not stored is fetched. `onRead` is told each time something behind the header is. */
const distant =
  (onRead: () => void) =>
  (real: ByteSource): ByteSource => ({
    ...real,
    local: false,
    read(start, ...more) {
      if (start > 0) onRead();
      return real.read(start, ...more);
    },
  });

test('alone, an answer goes on on the next device, of layers that are not fetched again', async () => {
  let reads = 0;
  const source = distant(() => {
    reads += 1;
  });
  const a = await house.peer('a', undefined, { start: device.start, source });
  await a.pod.serve(tiny, 'tiny');
  let readsAtLoss = 0;
  const answer = await answerOf(a, request, {
    at: count => {
      if (count !== 4) return;
      readsAtLoss = reads;
      device.lose();
    },
  });
  expect(answer.tokens).toEqual(undisturbed);
  expect(causes(answer)).toEqual([lost]);
  expect([readsAtLoss > 0, reads - readsAtLoss]).toEqual([true, 0]);
  expect(device.started).toEqual(['auto', 'auto']);
  expect(a.state().members[0]!.device).toEqual({ kind: 'webgpu', name: 'GPU', note: `${lost} It is back.` });
});

test('a device that is lost again while its layers come back delays the answer, and no more', async () => {
  const a = await house.peer('a', undefined, { start: device.start });
  await a.pod.serve(tiny, 'tiny');
  await planHeld(a, tiny);
  let losses = 0;
  const again = a.engine.device.subscribe(({ note }) => {
    if (losses === 1 && note?.endsWith('It is back.')) {
      losses += 1;
      device.lose();
    }
  });
  const answer = await answerOf(a, request, {
    at: count => {
      if (count !== 4) return;
      losses += 1;
      device.lose();
    },
  });
  again();
  expect(losses).toBe(2);
  expect(answer.tokens).toEqual(undisturbed);
  expect(device.started).toEqual(['auto', 'auto', 'auto']);
});

test('a device that is lost under a first load gets the layers when it is back', async () => {
  let begun = false;
  const source = (real: ByteSource): ByteSource => ({
    ...real,
    async read(start, ...more) {
      const bytes = await real.read(start, ...more);
      if (start > 0 && !begun) {
        begun = true;
        device.lose();
      }
      return bytes;
    },
  });
  const a = await house.peer('a', undefined, { start: device.start, source });
  await a.pod.serve(tiny, 'tiny');
  const answer = await answerOf(a, request);
  expect(answer.tokens).toEqual(undisturbed);
  expect([begun, device.started.length, causes(answer)]).toEqual([true, 2, []]);
});

test('a device that is lost while nobody asks is loaded again, and everybody sees when', async () => {
  const [a, b] = [await house.peer('a'), await house.peer('b', undefined, { start: device.start })];
  await house.together(tiny, a, b);
  const whole = await answerOf(a, request);
  const held = () => a.state().members.find(({ id }) => id === b.id)!.holds.length;
  device.lose();
  await when(a, () => held() === 0);
  await when(a, () => held() === 1);
  const answer = await answerOf(a, request);
  expect([answer.tokens, routes(answer)]).toEqual([whole.tokens, routes(whole)]);
  expect(a.state().members.find(({ id }) => id === b.id)!.device.note).toBe(`${lost} It is back.`);
});

test('what rested on a lost device is read anew by the next prompt, and nobody need know', async () => {
  const a = await house.peer('a', undefined, { start: device.start });
  await a.pod.serve(tiny, 'tiny');
  const first = await answerOf(a, request);
  device.lose();
  await until(a.engine.lost, sentence => sentence === lost);
  const next = ask({ maxTokens: 4, prompt: [...request.prompt, ...first.tokens.slice(0, 6)] });
  const answer = await answerOf(a, next);
  expect(answer.tokens).toEqual(undisturbed.slice(6));
  expect([cached(answer), causes(answer)]).toEqual([[0], []]);
});

test('the part of another member whose device is lost comes back to it, and the answer with it', async () => {
  // Room for half of the layers and not for a copy of the other half.
  const layers = planLayers((await openModel(await sourceOf(tiny))).model);
  const bytes = 0.6 * layers.reduce((sum, { weightBytes, cacheBytes }) => sum + weightBytes + cacheBytes, 0);
  const [a, b] = [await house.peer('a', bytes), await house.peer('b', bytes, { start: device.start })];
  await house.together(tiny, a, b);
  const whole = await answerOf(a, request);
  let ended = false;
  const asking = answerOf(a, request, { at: count => count === 4 && device.lose() }).finally(() => {
    ended = true;
  });
  // A chain through layers that A has not yet heard to be gone costs a pause.
  const hasEnded = async () => {
    await house.clock.pass(100);
    expect(ended).toBe(true);
  };
  await vi.waitFor(hasEnded, { timeout: 30_000 });
  const answer = await asking;
  expect(answer.tokens).toEqual(whole.tokens);
  expect(causes(answer)[0]).toContain(`cannot go on: ${lost}`);
  expect(routes(answer).at(-1)).toEqual(routes(whole).at(-1));
});

test('who asks and holds nothing loses only the head', async () => {
  const [a, b] = [await house.peer('a', 0, { start: device.start }), await house.peer('b')];
  await house.together(tiny, b, a);
  const answer = await answerOf(a, request, { at: count => count === 4 && device.lose() });
  expect(answer.tokens).toEqual(undisturbed);
  expect(routes(answer)).toEqual([['b 0-6'], ['b 0-6']]);
  expect(causes(answer)).toEqual([lost]);
});

test('a device that is lost three times in a row is given up for the CPU, and the answer still ends', async () => {
  const a = await house.peer('a', undefined, { start: device.start });
  await a.pod.serve(tiny, 'tiny');
  const answer = await answerOf(a, request, { at: count => [2, 4, 6].includes(count) && device.lose() });
  expect(answer.tokens).toEqual(undisturbed);
  expect(device.started).toEqual(['auto', 'auto', 'auto', 'cpu']);
  const { kind, note } = a.state().members[0]!.device;
  expect([kind, note]).toEqual(['cpu', expect.stringMatching(/ended\. That was 3 times within 10 minutes/)]);
});
