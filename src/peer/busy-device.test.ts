import { expect, test } from 'vitest';
import { ManualClock } from '../../tests/pod/manual-clock.ts';
import { pressureSteadyMs } from '../base/limits.ts';
import { LiveValue } from '../base/live.ts';
import { BusyDevice, type Pressure } from './busy-device.ts';

function world() {
  const clock = new ManualClock();
  const pressure = new LiveValue<Pressure>(undefined);
  const device = new BusyDevice(pressure, clock);
  return { clock, pressure, device, busy: () => device.busy.peek() };
}

test('a device is busy once it was pressed for long, and no longer when that is over for as long', async () => {
  const { clock, pressure, busy } = world();
  pressure.set('critical');
  await clock.pass(pressureSteadyMs - 1);
  expect(busy()).toBe(false);
  await clock.pass(1);
  expect(busy()).toBe(true);
  pressure.set('fair');
  await clock.pass(pressureSteadyMs - 1);
  pressure.set('serious');
  await clock.pass(pressureSteadyMs);
  expect(busy()).toBe(true);
  pressure.set('nominal');
  await clock.pass(pressureSteadyMs);
  expect(busy()).toBe(false);
});

test('what this peer computes itself is no reason', async () => {
  const { clock, pressure, device, busy } = world();
  pressure.set('critical');
  await clock.pass(pressureSteadyMs - 1);
  device.idle(false);
  await clock.pass(10 * pressureSteadyMs);
  device.idle(true);
  await clock.pass(pressureSteadyMs - 1);
  pressure.set('serious');
  await clock.pass(pressureSteadyMs);
  expect(busy()).toBe(false);
  pressure.set('critical');
  await clock.pass(pressureSteadyMs);
  // An answer of its own that it gives meanwhile does not end the pause.
  device.idle(false);
  expect(busy()).toBe(true);
});

test('a closed one waits for nothing', async () => {
  const { clock, pressure, device, busy } = world();
  pressure.set('critical');
  device.close();
  pressure.set('nominal');
  pressure.set('critical');
  await clock.pass(pressureSteadyMs);
  expect(busy()).toBe(false);
});
