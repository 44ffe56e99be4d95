/** What a device tells of itself that bears on lending, as far as its browser says. */
import type { Clock } from '../base/clock.ts';
import { pressureSampleMs, surroundingsSteadyMs } from '../base/limits.ts';
import { type Live, LiveValue } from '../base/live.ts';
import type { Pressure } from './busy-device.ts';

export interface Surroundings {
  /** Undefined where the browser does not tell: only those built on Chromium do. */
  readonly onBattery: Live<boolean | undefined>;
  /** The network is paid by the byte, or its person asked to save data. */
  readonly metered: Live<boolean>;
  /** The tab has been hidden for long. */
  readonly hidden: Live<boolean>;
  /** Its person is writing in this tab. */
  readonly typing: Live<boolean>;
  /** On the processor, by all programs together. */
  readonly pressure: Live<Pressure>;
}

/** Of a machine that stays plugged in and online. */
export const steadySurroundings: Surroundings = {
  onBattery: new LiveValue<boolean | undefined>(undefined),
  metered: new LiveValue(false),
  hidden: new LiveValue(false),
  typing: new LiveValue(false),
  pressure: new LiveValue<Pressure>(undefined),
};

/** https://www.w3.org/TR/battery-status/, which TypeScript's own list of the web has not. */
export interface Battery extends EventTarget {
  readonly charging: boolean;
}
/** https://wicg.github.io/netinfo/, the same. */
export interface Connection extends EventTarget {
  readonly saveData?: boolean;
  readonly type?: string;
}

/** https://www.w3.org/TR/compute-pressure/, the same. */
export type PressureObserverConstructor = new (
  onRecords: (records: readonly { readonly state: Exclude<Pressure, undefined> }[]) => void,
) => { observe(source: 'cpu', options: { readonly sampleInterval: number }): Promise<void> };

export interface Device {
  getBattery?(): Promise<Battery>;
  readonly connection?: Connection;
}

/** Follows them for as long as there is a page. Layers move when these change, so a plug that is out for a moment says nothing. */
export function surroundingsOf(
  device: Device,
  page: { readonly hidden: Live<boolean>; readonly typing: Live<boolean> },
  clock: Clock,
  PressureObserver?: PressureObserverConstructor,
): Surroundings {
  const onBattery = new LiveValue<boolean | undefined>(undefined);
  // A page may be forbidden to ask.
  void device
    .getBattery?.()
    .then(battery => follow(battery, 'chargingchange', () => !battery.charging, onBattery, clock))
    .catch(() => {});
  const metered = new LiveValue(false);
  const { connection } = device;
  if (connection)
    follow(
      connection,
      'change',
      () => connection.saveData === true || connection.type === 'cellular',
      metered,
      clock,
    );
  const pressure = new LiveValue<Pressure>(undefined);
  if (PressureObserver) {
    const observer = new PressureObserver(records => pressure.set(records.at(-1)?.state));
    void observer.observe('cpu', { sampleInterval: pressureSampleMs }).catch(() => {});
  }
  return { onBattery, metered, ...page, pressure };
}

function follow<T>(
  target: EventTarget,
  event: string,
  read: () => T,
  live: LiveValue<T>,
  clock: Clock,
): void {
  let cancel = () => {};
  const look = () => {
    if (read() !== live.peek()) live.set(read());
  };
  target.addEventListener(event, () => {
    cancel();
    cancel = clock.after(surroundingsSteadyMs, look);
  });
  look();
}
