/** Of the day, by the device's own clock: from the beginning of hour `from` to that of hour `to`, over midnight where `to` is not later. */
export interface LendingHours {
  /** 0 to 23. */
  readonly from: number;
  readonly to: number;
}

/** Equal ones mean the whole day. */
export const isWithinHours = ({ from, to }: LendingHours, hour: number): boolean =>
  from < to ? from <= hour && hour < to : from <= hour || hour < to;
