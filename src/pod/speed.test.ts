import { expect, test } from 'vitest';
import type { Clock } from '../base/clock.ts';
import { prefillRows } from '../base/limits.ts';
import { LiveValue } from '../base/live.ts';
import { createCpuEngine } from '../engine/cpu/cpu-engine.ts';
import type { LastingEngine } from '../engine/lasting-engine.ts';
import { allArchitectures, tinyModel } from '../engine/tiny-model.ts';
import { measureSpeed } from './measure.ts';
import { readBytes } from './model-bytes.ts';
import { SpeedMeter } from './speed.ts';
import { steady } from './steady.ts';

test('what is told stays while what is measured is near, however it wavers', () => {
  let told = steady(1000, undefined, 1);
  const first = told;
  for (const measured of [900, 1100, 1200, 850, 1250]) told = steady(measured, told, 1);
  expect(told).toBe(first);
  const slower = steady(1500, told, 1);
  expect(slower).toBeGreaterThan(first);
  // And back only when it is as far on the other side.
  expect(steady(1250, slower, 1)).toBe(slower);
  expect(steady(900, slower, 1)).toBeLessThan(slower);
});

test('small values are one', () => {
  expect([steady(0.3, undefined, 2), steady(1.9, 2, 2), steady(3.9, 2, 2)]).toEqual([2, 2, 2]);
  expect(steady(9, 2, 2)).toBeGreaterThan(7);
});

test('the middle of the passes counts, in rows and in chunks; a clock that stands says nothing', () => {
  const meter = new SpeedMeter();
  for (let pass = 0; pass < 5; pass++) meter.note(1, 1e6, 0);
  expect(meter.speed()).toBeUndefined();
  for (const ms of [2, 1, 90]) meter.note(1, 1e6, ms);
  for (const rows of [2, 30, prefillRows - 1]) meter.note(rows, 1e6, 50);
  const told = meter.speed()!;
  expect(told.rowNanosPerMB / 2e6).toBeCloseTo(1, 0);
  expect(told.chunkNanosPerMB).toBeUndefined();
  for (let pass = 0; pass < 3; pass++) meter.note(prefillRows, 1e6, 20);
  expect(meter.speed()!.chunkNanosPerMB! / 2e7).toBeCloseTo(1, 0);
  meter.reset();
  expect(meter.speed()).toBeUndefined();
});

/** Every look at it is a millisecond later. */
function tickingClock(): Clock {
  let now = 0;
  return { now: () => now++, after: () => () => {} };
}

test.each(allArchitectures)('a peer measures itself on layers of zeros: %s', async architecture => {
  const cpu = createCpuEngine();
  const engine: LastingEngine = {
    device: new LiveValue(cpu.device),
    lost: new LiveValue<string | undefined>(undefined),
    stage: (...given) => cpu.stage(...given),
    head: (...given) => cpu.head(...given),
    close: () => cpu.close(),
  };
  const { model } = tinyModel(architecture);
  const meter = new SpeedMeter();
  await measureSpeed(
    { engine, clock: tickingClock(), meter, bytes: 1e9 },
    model,
    AbortSignal.timeout(60_000),
  );
  // One look before a pass and one after it: a millisecond for all layers.
  const expected = 1e12 / readBytes(model, { first: 0, last: model.hyper.layers });
  expect(meter.speed()!.rowNanosPerMB / expected).toBeCloseTo(1, 0);
  expect(meter.speed()!.chunkNanosPerMB).toBe(meter.speed()!.rowNanosPerMB);
  expect((await cpu.memory()).weights).toBe(0);
  await engine.close();
});

test('nothing is measured where not one layer fits', async () => {
  const { model } = tinyModel('qwen3');
  const meter = new SpeedMeter();
  const engine = undefined as unknown as LastingEngine;
  await measureSpeed({ engine, clock: tickingClock(), meter, bytes: 100 }, model, AbortSignal.timeout(1000));
  expect(meter.speed()).toBeUndefined();
});
