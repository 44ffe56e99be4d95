import { expect, test } from 'vitest';
import { ManualClock } from '../../tests/pod/manual-clock.ts';
import { TabmeshError } from '../base/error.ts';
import { deviceLossWindowMs } from '../base/limits.ts';
import { createCpuEngine } from './cpu/cpu-engine.ts';
import type { Engine } from './engine.ts';
import { createLastingEngine, type StartEngine } from './lasting-engine.ts';
import { tinyModel } from './tiny-model.ts';

const { model, read } = tinyModel('qwen3');
const layers = { first: 0, last: 1 };

/** Real engines that say they are a GPU's; `lose` has the last one tell its loss. */
function devices() {
  const asked: string[] = [];
  let last = Promise.withResolvers<string>();
  const start: StartEngine = async device => {
    asked.push(device);
    last = Promise.withResolvers<string>();
    const real = createCpuEngine();
    const gpu: Engine = {
      device: device === 'cpu' ? real.device : { kind: 'webgpu', name: 'GPU' },
      lost: last.promise,
      stage: (...given) => real.stage(...given),
      head: (...given) => real.head(...given),
      memory: () => real.memory(),
      close: () => real.close(),
    };
    return gpu;
  };
  const lose = async () => {
    last.resolve('The GPU was lost: it hung.');
    await last.promise;
  };
  return { asked, start, lose };
}

const lostError = () => new TabmeshError('lost', 'engine', 'The GPU was lost: it hung.');

test('what was lost and what came of it is told, and loads come to the next device', async () => {
  const { start, lose, asked } = devices();
  const engine = await createLastingEngine(start, new ManualClock());
  const told: string[] = [];
  engine.lost.subscribe(sentence => told.push(`lost ${sentence}`));
  engine.device.subscribe(({ note }) => told.push(`device ${note}`));
  await lose();
  const stage = await engine.stage(model, layers, read);
  expect(stage.layers).toEqual(layers);
  expect(told).toEqual([
    'lost undefined',
    'device undefined',
    'device The GPU was lost: it hung. It is started again.',
    'lost The GPU was lost: it hung.',
    'device The GPU was lost: it hung. It is back.',
  ]);
  expect(asked).toEqual(['auto', 'auto']);
  await engine.close();
});

test('losses that lie far apart are not counted together', async () => {
  const clock = new ManualClock();
  const { start, lose, asked } = devices();
  const engine = await createLastingEngine(start, clock);
  const next = async () => {
    await lose();
    await engine.head(model, read);
  };
  await next();
  await next();
  clock.jump(deviceLossWindowMs);
  await next();
  expect(asked.at(-1)).toBe('auto');
  await next();
  await next();
  expect(asked.at(-1)).toBe('cpu');
  expect(engine.device.peek()).toMatchObject({
    kind: 'cpu',
    name: 'CPU',
    note: expect.stringMatching(/hung\. That was 3 times within 10 minutes, so layers run on the CPU/),
  });
  clock.jump(deviceLossWindowMs);
  await next();
  expect(asked.at(-1)).toBe('cpu');
  await engine.close();
});

test('a load during which the device goes is done again, unless its owner has had enough', async () => {
  const { start, lose, asked } = devices();
  const engine = await createLastingEngine(start, new ManualClock());
  let reads = 0;
  const breaking: typeof read = async (...given) => {
    reads += 1;
    if (reads > 1) return read(...given);
    void lose();
    throw lostError();
  };
  expect((await engine.stage(model, layers, breaking)).layers).toEqual(layers);
  expect(asked).toHaveLength(2);
  // The loss itself is still to be told.
  const silent: typeof read = () => Promise.reject(lostError());
  const enough = new AbortController();
  const load = engine.head(model, silent, enough.signal);
  enough.abort(new TabmeshError('cancelled', 'pod', 'The plan changed.'));
  await expect(load).rejects.toMatchObject({ kind: 'cancelled' });
  await engine.close();
});

test('losses of others, and on the CPU, fail the load', async () => {
  const { start } = devices();
  const engine = await createLastingEngine(start, new ManualClock());
  const away = () => Promise.reject(new TabmeshError('lost', 'network', 'The peer left.'));
  await expect(engine.stage(model, layers, away)).rejects.toMatchObject({ origin: 'network' });
  await engine.close();
  const cpu = await createLastingEngine(async () => createCpuEngine(), new ManualClock());
  await expect(cpu.head(model, () => Promise.reject(lostError()))).rejects.toMatchObject({ kind: 'lost' });
  await cpu.close();
});

test('where nothing can be started the load says why, and the next one tries again', async () => {
  const { start, lose } = devices();
  let broken = false;
  const engine = await createLastingEngine(async (...choice) => {
    if (broken) throw new TabmeshError('lost', 'engine', "The engine's worker failed: it is not there.");
    return start(...choice);
  }, new ManualClock());
  broken = true;
  await lose();
  await expect(engine.head(model, read)).rejects.toThrow('it is not there');
  broken = false;
  expect((await engine.head(model, read)).weightBytes).toBeGreaterThan(0);
  await engine.close();
});

test('closing ends a start that is under way, and everything after', async () => {
  const { start, lose } = devices();
  const signals: AbortSignal[] = [];
  const engine = await createLastingEngine((device, signal) => {
    signals.push(signal);
    if (signals.length === 1) return start(device, signal);
    return new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)));
  }, new ManualClock());
  await lose();
  const waiting = expect(engine.head(model, read)).rejects.toMatchObject({
    kind: 'cancelled',
    origin: 'engine',
  });
  await engine.close();
  await waiting;
  expect(signals.map(({ aborted }) => aborted)).toEqual([true, true]);
  await expect(engine.stage(model, layers, read)).rejects.toMatchObject({ kind: 'cancelled' });
});
