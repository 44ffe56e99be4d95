import { Worker } from 'node:worker_threads';
import { expect, test } from 'vitest';
import type { SessionId } from '../../base/brand.ts';
import { isKind, TabmeshError } from '../../base/error.ts';
import type { EngineChoice } from '../choose-engine.ts';
import { createCpuEngine } from '../cpu/cpu-engine.ts';
import { runEngineContract } from '../engine-contract.ts';
import { greedy } from '../stage.ts';
import { tinyModel } from '../tiny-model.ts';
import { connectEngine } from './connect-engine.ts';
import { serveEngine } from './serve-engine.ts';

const script = new URL('../../../workers/engine-node.ts', import.meta.url);
const startWorker = (choice: EngineChoice = { device: 'cpu', allowSoftware: false }) => {
  const worker = new Worker(script);
  worker.postMessage(choice);
  return worker;
};
const startEngine = () => connectEngine(startWorker());
const a = 'a' as SessionId;

runEngineContract(
  'remote (behind a port)',
  memoryBytes => {
    const { port1, port2 } = new MessageChannel();
    serveEngine(port1, createCpuEngine(undefined, memoryBytes));
    return connectEngine(port2);
  },
  0,
);

test('tells its device, and ends its worker when it is closed', async () => {
  const worker = startWorker();
  const exit = new Promise(resolve => worker.once('exit', resolve));
  const engine = await connectEngine(worker);
  expect(engine.device).toEqual({ kind: 'cpu', name: 'CPU' });
  const { model, read } = tinyModel('qwen3');
  const pending = engine.stage(model, { first: 0, last: 1 }, () => new Promise(() => {}));
  const outcome = expect(pending).rejects.toMatchObject({ kind: 'cancelled', origin: 'engine' });
  await engine.close();
  await exit;
  await outcome;
  await expect(engine.head(model, read)).rejects.toMatchObject({ kind: 'cancelled' });
  expect(await Promise.race([engine.lost, Promise.resolve('open')])).toBe('open');
});

test('the death of the worker rejects all that is pending and is told', async () => {
  const worker = startWorker();
  const engine = await connectEngine(worker);
  const { model, read } = tinyModel('qwen3');
  const stage = await engine.stage(model, { first: 0, last: 4 }, read);
  await stage.open(a, 512);
  const pending = [
    stage.forward([{ session: a, position: 0, count: 512 }], new Float32Array(512 * 64).fill(0.5)),
    stage.rewind(a, 0),
    engine.stage(model, { first: 0, last: 1 }, () => new Promise(() => {})),
  ];
  const outcomes = Promise.allSettled(pending);
  await worker.terminate();
  for (const outcome of await outcomes) {
    expect(outcome).toMatchObject({ status: 'rejected', reason: { kind: 'lost', origin: 'engine' } });
  }
  expect(await engine.lost).toContain('ended');
  await expect(stage.open('b' as SessionId, 4)).rejects.toMatchObject({ kind: 'lost' });
  await expect(stage.dispose()).rejects.toMatchObject({ kind: 'lost' });
});

test('a worker whose script fails is an error, not a wait', async () => {
  const worker = new Worker('throw new Error("no such thing")', { eval: true });
  await expect(connectEngine(worker)).rejects.toMatchObject({ kind: 'lost', origin: 'engine' });
});

test('a signal ends the wait for a worker that says nothing', async () => {
  const worker = new Worker('setInterval(() => {}, 1000)', { eval: true });
  const exit = new Promise(resolve => worker.once('exit', resolve));
  await expect(connectEngine(worker, AbortSignal.timeout(50))).rejects.toMatchObject({
    name: 'TimeoutError',
  });
  await exit;
});

test('an error crosses whole, in both directions', async () => {
  const { port1, port2 } = new MessageChannel();
  serveEngine(port1, createCpuEngine());
  const engine = await connectEngine(port2);
  const { model } = tinyModel('qwen3');
  const cause = new TabmeshError('unavailable', 'model', 'The Hub is busy.', { retryAfterMs: 1500 });
  const outcome = await engine
    .head(model, () => Promise.reject(cause))
    .then(
      () => undefined,
      (error: unknown) => error,
    );
  expect(outcome).toBeInstanceOf(TabmeshError);
  expect(outcome).toMatchObject({
    kind: 'unavailable',
    origin: 'model',
    reason: 'The Hub is busy.',
    retryAfterMs: 1500,
  });
  await engine.close();
});

test('why a load was aborted arrives at the one who waits for it', async () => {
  const engine = await startEngine();
  const { model, read } = tinyModel('qwen3');
  const slow: typeof read = (name, range, signal) =>
    new Promise((resolve, reject) => {
      signal!.addEventListener('abort', () => reject(signal!.reason), { once: true });
      if (name === 'output_norm.weight') return;
      read(name, range).then(resolve, reject);
    });
  await expect(engine.head(model, slow, AbortSignal.timeout(30))).rejects.toSatisfy(error =>
    isKind(error, 'timeout'),
  );
  await engine.close();
});

test('buffers are handed over, not copied, and a view of a larger buffer is safe', async () => {
  const engine = await startEngine();
  const { model, read } = tinyModel('qwen3');
  const stage = await engine.stage(model, { first: 0, last: 2 }, read);
  await stage.open(a, 8);
  const hidden = new Float32Array(64).fill(0.25);
  const first = await stage.forward([{ session: a, position: 0, count: 1 }], hidden);
  expect(hidden.length).toBe(0);
  await stage.rewind(a, 0);
  const larger = new Float32Array(200).fill(0.25);
  const second = await stage.forward([{ session: a, position: 0, count: 1 }], larger.subarray(8, 72));
  expect(larger.length).toBe(200);
  expect(second).toEqual(first);
  const head = await engine.head(model, read);
  expect(await head.next(second, greedy, 1)).toEqual(await head.next(second, greedy, 1));
  await engine.close();
});
