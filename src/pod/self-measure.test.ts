import { expect, test } from 'vitest';
import { ManualClock, settle } from '../../tests/pod/manual-clock.ts';
import { measureWaitMs } from '../base/limits.ts';
import { LiveValue } from '../base/live.ts';
import { createCpuEngine } from '../engine/cpu/cpu-engine.ts';
import type { LastingEngine } from '../engine/lasting-engine.ts';
import { tinyModel } from '../engine/tiny-model.ts';
import { SelfMeasure } from './self-measure.ts';
import { SpeedMeter } from './speed.ts';

const { model } = tinyModel('qwen3');

/** Each pass takes 5 ms, and waits for `go` where there is one. */
function world() {
  const clock = new ManualClock();
  const cpu = createCpuEngine();
  const meter = new SpeedMeter();
  const seen = { passes: 0, changes: 0, stages: 0 };
  const gate = { go: Promise.resolve() };
  const engine: LastingEngine = {
    device: new LiveValue(cpu.device),
    lost: new LiveValue<string | undefined>(undefined),
    async stage(...given) {
      const stage = await cpu.stage(...given);
      seen.stages += 1;
      return {
        layers: stage.layers,
        weightBytes: stage.weightBytes,
        open: (...rest) => stage.open(...rest),
        rewind: (...rest) => stage.rewind(...rest),
        close: session => stage.close(session),
        async dispose() {
          await stage.dispose();
          seen.stages -= 1;
        },
        async forward(...rest) {
          await gate.go;
          seen.passes += 1;
          clock.jump(5);
          return stage.forward(...rest);
        },
      };
    },
    head: (...given) => cpu.head(...given),
    close: () => cpu.close(),
  };
  const measuring = new SelfMeasure({ engine, clock, meter, onChange: () => (seen.changes += 1) });
  return { clock, meter, seen, gate, measuring };
}

test('it measures once, until the device is another one', async () => {
  const { meter, seen, measuring } = world();
  measuring.offer(model, 1e9);
  expect(measuring.isRunning).toBe(true);
  measuring.offer(model, 1e9);
  await expect.poll(() => meter.speed()).toBeDefined();
  await settle();
  const { passes } = seen;
  expect([measuring.isRunning, seen.changes, seen.stages]).toEqual([false, 1, 0]);
  measuring.offer(model, 1e9);
  await settle();
  expect(seen.passes).toBe(passes);
  meter.reset();
  measuring.restart();
  measuring.offer(model, 1e9);
  await expect.poll(() => seen.passes).toBe(2 * passes);
});

test('an answer of its own goes first, and cuts it off', async () => {
  const { meter, seen, gate, measuring } = world();
  const ended = measuring.giveWay();
  measuring.offer(model, 1e9);
  expect(measuring.isRunning).toBe(false);
  ended();
  const { promise, resolve } = Promise.withResolvers<void>();
  gate.go = promise;
  measuring.offer(model, 1e9);
  await expect.poll(() => seen.stages).toBe(1);
  const over = measuring.giveWay();
  expect(measuring.isRunning).toBe(false);
  resolve();
  await expect.poll(() => seen.stages).toBe(0);
  expect([seen.passes, meter.speed()]).toEqual([1, undefined]);
  over();
  await settle();
  measuring.offer(model, 1e9);
  await expect.poll(() => meter.speed()).toBeDefined();
});

test('a device that hangs is waited for no longer than that, and not measured again', async () => {
  const { clock, meter, seen, gate, measuring } = world();
  gate.go = new Promise(() => {});
  measuring.offer(model, 1e9);
  await clock.pass(measureWaitMs);
  expect([measuring.isRunning, seen.changes]).toEqual([false, 1]);
  gate.go = Promise.resolve();
  measuring.offer(model, 1e9);
  await settle();
  expect([measuring.isRunning, meter.speed()]).toEqual([false, undefined]);
});
