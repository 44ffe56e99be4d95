import { expect, test } from 'vitest';
import { ManualClock, settle } from '../../tests/pod/manual-clock.ts';
import { pressureSampleMs, surroundingsSteadyMs } from '../base/limits.ts';
import { LiveValue } from '../base/live.ts';
import { surroundingsOf } from './surroundings.ts';

class Battery extends EventTarget {
  charging = true;
}
class Connection extends EventTarget {
  saveData = false;
  type = 'wifi';
}
const page = { hidden: new LiveValue(false), typing: new LiveValue(false) };

test('a plug and a network count when they have been so for a while', async () => {
  const clock = new ManualClock();
  const [battery, connection] = [new Battery(), new Connection()];
  const seen = surroundingsOf({ getBattery: async () => battery, connection }, page, clock);
  await settle();
  const now = () => [seen.onBattery.peek(), seen.metered.peek()];
  expect(now()).toEqual([false, false]);
  const plug = (charging: boolean) => {
    battery.charging = charging;
    battery.dispatchEvent(new Event('chargingchange'));
  };
  plug(false);
  await clock.pass(surroundingsSteadyMs - 1);
  plug(true);
  await clock.pass(surroundingsSteadyMs);
  expect(now()).toEqual([false, false]);
  plug(false);
  connection.type = 'cellular';
  connection.dispatchEvent(new Event('change'));
  await clock.pass(surroundingsSteadyMs);
  expect(now()).toEqual([true, true]);
});

test('how busy the processor is, as the browser tells it', () => {
  const asked: unknown[] = [];
  let tell: (records: readonly { state: 'fair' | 'critical' }[]) => void = () => {};
  class PressureObserver {
    constructor(onRecords: typeof tell) {
      tell = onRecords;
    }
    async observe(...wanted: unknown[]) {
      asked.push(wanted);
    }
  }
  const seen = surroundingsOf({}, page, new ManualClock(), PressureObserver);
  expect([asked, seen.pressure.peek()]).toEqual([[['cpu', { sampleInterval: pressureSampleMs }]], undefined]);
  tell([{ state: 'fair' }, { state: 'critical' }]);
  expect(seen.pressure.peek()).toBe('critical');
});

test('a browser that tells nothing, or refuses, is taken for one that is plugged in', async () => {
  const clock = new ManualClock();
  const getBattery = () => Promise.reject(new DOMException('no', 'NotAllowedError'));
  class PressureObserver {
    observe = () => Promise.reject(new DOMException('no', 'NotAllowedError'));
  }
  for (const [device, observer] of [[{}], [{ getBattery }, PressureObserver]] as const) {
    const seen = surroundingsOf(device, page, clock, observer);
    await settle();
    const { onBattery, metered, pressure } = seen;
    expect([onBattery.peek(), metered.peek(), pressure.peek()]).toEqual([undefined, false, undefined]);
  }
});
