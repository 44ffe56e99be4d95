import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { MiB } from '../../src/base/bytes.ts';
import { isKind, TabmeshError } from '../../src/base/error.ts';
import type { ByteSource } from '../../src/model/source.ts';
import type { Network } from '../../src/network/network.ts';
import { activationProtocol } from '../../src/pod/activation-frame.ts';
import { settle } from './manual-clock.ts';
import { answerOf, ask, guide, type PodWorld, planHeld, podWorld, tiny, when } from './pod-world.ts';

vi.setConfig({ testTimeout: 60_000 });

let house: PodWorld;
beforeEach(async () => {
  house = await podWorld();
});
afterEach(() => house.close());

/** Once the header is read, every read fails until `mended`. */
function broken(
  real: ByteSource,
  error: TabmeshError,
  state: { mended: boolean; refused: number },
): ByteSource {
  return {
    ...real,
    read(start, end, signal, onBytes) {
      if (start === 0 || state.mended) return real.read(start, end, signal, onBytes);
      state.refused += 1;
      return Promise.reject(error);
    },
  };
}

test('layers that cannot be loaded now are tried again, and the wait says so', async () => {
  const state = { mended: false, refused: 0 };
  const error = new TabmeshError('unavailable', 'model', 'The disk is asleep.');
  const a = await house.peer('a', undefined, { source: real => broken(real, error, state) });
  await a.pod.serve(tiny, 'tiny');
  await vi.waitFor(() => expect(state.refused).toBeGreaterThan(0));
  await settle();
  expect(a.state().members[0]!.holds).toEqual([]);
  await house.clock.pass(4_000);
  state.mended = true;
  const texts: string[] = [];
  const asking = (async () => {
    for await (const event of a.pod.generate(ask({ maxTokens: 2 }))) {
      if (event.kind === 'step') texts.push(event.step.text);
    }
  })();
  await vi.waitFor(() => expect(texts.join()).toContain('The disk is asleep.'));
  await house.clock.pass(2_000);
  await planHeld(a, tiny);
  await asking;
});

test.each([
  ['is refused', () => Promise.reject(new TabmeshError('unavailable', 'network', 'There is no connection.'))],
  ['does not come to be', () => new Promise<never>(() => {})],
])('a way back to the asker that %s at first costs a moment, and nobody is replaced', async (_, first) => {
  let tries = 0;
  const network = (real: Network): Network => {
    const open = real.open.bind(real);
    return Object.assign(real, {
      open: (...[to, protocol, signal]: Parameters<Network['open']>) =>
        protocol === activationProtocol && tries++ === 0 ? first() : open(to, protocol, signal),
    });
  };
  const [a, b, c] = [
    await house.peer('a'),
    await house.peer('b', undefined, { network }),
    await house.peer('c'),
  ];
  await house.together(tiny, a, b, c);
  const texts: string[] = [];
  let over = false;
  const asking = (async () => {
    for await (const event of a.pod.generate(ask({ maxTokens: 2 }))) {
      if (event.kind === 'step') texts.push(event.step.text);
    }
  })().finally(() => {
    over = true;
  });
  for (let turn = 0; turn < 40 && !over; turn++) await house.clock.pass(100);
  await asking;
  expect(tries).toBeGreaterThan(1);
  expect(texts.join()).not.toContain('cannot go on');
});

test('two models that fail to load have a pause each', async () => {
  const state = { mended: false, refused: 0 };
  const error = new TabmeshError('unavailable', 'model', 'The disk is asleep.');
  const a = await house.peer('a', undefined, { source: real => broken(real, error, state) });
  await a.pod.serve(tiny, 'tiny');
  await a.pod.serve(guide, 'guide');
  await vi.waitFor(() => expect(state.refused).toBe(2));
  await house.clock.pass(4_000);
  expect(state.refused).toBe(2);
  await house.clock.pass(2_000);
  expect(state.refused).toBe(4);
  state.mended = true;
  await house.clock.pass(5_000);
  await Promise.all([planHeld(a, tiny), planHeld(a, guide)]);
});

test("one model's layers that cannot be loaded do not fail the answer of another", async () => {
  const opened = Promise.withResolvers<void>();
  const state = { mended: false, refused: 0 };
  const error = new TabmeshError('corrupt', 'model', 'The file is torn.');
  const source = (real: ByteSource): ByteSource =>
    real.id === tiny
      ? broken(real, error, state)
      : {
          ...real,
          async read(start, ...more) {
            if (start > 0) await opened.promise;
            return real.read(start, ...more);
          },
        };
  const a = await house.peer('a', undefined, { source });
  await a.pod.serve(tiny, 'tiny');
  await vi.waitFor(() => expect(state.refused).toBeGreaterThan(0));
  await a.pod.serve(guide, 'guide');
  const asking = answerOf(a, ask({ model: guide, maxTokens: 2 }));
  await settle();
  opened.resolve();
  expect((await asking).tokens).toHaveLength(2);
});

test('the head of a model that fits nowhere is not fetched', async () => {
  const state = { mended: false, refused: 0 };
  const error = new TabmeshError('unavailable', 'model', 'This was read too early.');
  const a = await house.peer('a', 1000, { source: real => broken(real, error, state) });
  await a.pod.serve(tiny, 'tiny');
  const failed = await answerOf(a, ask()).catch((error: unknown) => error);
  expect([isKind(failed, 'full'), state.refused]).toEqual([true, 0]);
});

test('a question that is withdrawn ends the load of its head', async () => {
  const signals: AbortSignal[] = [];
  const source = (real: ByteSource): ByteSource => ({
    ...real,
    read: (start, end, signal, onBytes) => {
      if (start === 0) return real.read(start, end, signal, onBytes);
      signals.push(signal!);
      return new Promise((_, reject) => signal?.addEventListener('abort', () => reject(signal.reason)));
    },
  });
  const a = await house.peer('a', undefined, { source });
  await a.pod.serve(tiny, 'tiny');
  const [first, second] = [new AbortController(), new AbortController()];
  const asked = [first, second].map(({ signal }) => answerOf(a, ask(), { signal }).catch(() => 'withdrawn'));
  // Layers and the head, the head once for both.
  await vi.waitFor(() => expect(signals).toHaveLength(2));
  first.abort();
  await settle();
  expect(signals.map(({ aborted }) => aborted)).toEqual([false, false]);
  second.abort();
  expect(await Promise.all(asked)).toEqual(['withdrawn', 'withdrawn']);
  await settle();
  expect(signals.map(({ aborted }) => aborted).sort()).toEqual([false, true]);
});

test('layers that can never be loaded fail the answer with their cause', async () => {
  const state = { mended: false, refused: 0 };
  const error = new TabmeshError('corrupt', 'model', 'The file is torn.');
  const a = await house.peer('a', undefined, { source: real => broken(real, error, state) });
  await a.pod.serve(tiny, 'tiny');
  await vi.waitFor(() => expect(state.refused).toBeGreaterThan(0));
  await settle();
  state.mended = true;
  const failed = await answerOf(a, ask()).catch((error: unknown) => error);
  expect(isKind(failed, 'corrupt')).toBe(true);
  expect(String(failed)).toContain('The file is torn.');
});

test('a file that changed on its server is read anew, header and all', async () => {
  let present = 1;
  const ofVersion = (real: ByteSource, version: number): ByteSource => ({
    ...real,
    fresh: () => ofVersion(real, present),
    read: (...range) =>
      version === present
        ? real.read(...range)
        : Promise.reject(new TabmeshError('corrupt', 'model', 'The file changed.')),
  });
  const a = await house.peer('a', undefined, { source: real => ofVersion(real, 1) });
  await a.pod.serve(tiny, 'tiny');
  await planHeld(a, tiny);
  present = 2;
  a.memory.set(0);
  await when(a, ({ members }) => members[0]!.holds.length === 0);
  a.memory.set(64 * MiB);
  await vi.waitFor(async () => {
    await house.clock.pass(1_000);
    expect(a.state().members[0]!.holds).toHaveLength(1);
  });
  expect((await answerOf(a, ask({ maxTokens: 2 }))).tokens).toHaveLength(2);
});

test('what changes nothing is not told', async () => {
  const a = await house.peer('a');
  await a.pod.serve(tiny, 'tiny');
  await planHeld(a, tiny);
  await settle();
  let told = 0;
  a.pod.state.subscribe(() => {
    told += 1;
  });
  for (let change = 0; change < 10; change++) {
    a.memory.set(a.memory.peek());
    await settle();
  }
  expect(told).toBe(1);
});

test('a model whose header cannot be read is named as the problem, and read again', async () => {
  let fails = true;
  const source = (real: ByteSource): ByteSource => ({
    ...real,
    read: (...args) =>
      fails ? Promise.reject(new TabmeshError('not-found', 'model', 'No such file.')) : real.read(...args),
  });
  const a = await house.peer('a', undefined, { source });
  await a.pod.serve(tiny, 'tiny');
  await when(a, ({ models }) => models[0]?.problem?.reason === 'No such file.');
  fails = false;
  await house.clock.pass(11_000);
  await planHeld(a, tiny);
});
