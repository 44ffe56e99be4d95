/** Figures that are told to others, and on which all plan: coarse, and held while what is measured stays near them. */

/** Twelve steps to a factor of eight. */
const stepsPerDoubling = 4;
/** A value that is told stays until the measured one is a step and a half away. */
const hold = 2 ** (1.5 / stepsPerDoubling);

/**
 * What to tell of `measured`, having told `told`. Values that differ by less than `slack` are the same. Only the peer that
 * measured computes this, so powers may differ in their last bits from machine to machine.
 */
export function steady(measured: number, told: number | undefined, slack: number): number {
  const near = told !== undefined && Math.abs(measured - told) <= slack;
  if (near || (told !== undefined && measured <= told * hold && told <= measured * hold)) return told;
  if (measured <= slack) return slack;
  return Math.round(2 ** (Math.round(Math.log2(measured) * stepsPerDoubling) / stepsPerDoubling));
}
