/**
 * e^x of four values to about 2 ulp: x = n ln 2 + r with |r| <= ln 2 / 2, a polynomial of degree 6 in r (Taylor; the next term is below
 * 2^-26), and n added to the exponent. Below -87 the answer is 2^-125 or so, above 88 it is 2^127 or so: neither 0 nor infinite.
 */
import { multiplyAdd } from './dot';

const LOG2E: f32 = 1.44269504;
/** ln 2 in two parts, so that n times the first is exact (Cody & Waite 1980). */
const LN2_HIGH: f32 = 0.693359375;
const LN2_LOW: f32 = -2.12194440e-4;

export function exponential(x: v128): v128 {
  const bounded = f32x4.pmin(f32x4.pmax(x, f32x4.splat(-87)), f32x4.splat(88));
  const n = f32x4.nearest(f32x4.mul(bounded, f32x4.splat(LOG2E)));
  let r = f32x4.sub(bounded, f32x4.mul(n, f32x4.splat(LN2_HIGH)));
  r = f32x4.sub(r, f32x4.mul(n, f32x4.splat(LN2_LOW)));
  let sum = multiplyAdd(r, f32x4.splat(1.0 / 720), f32x4.splat(1.0 / 120));
  sum = multiplyAdd(sum, r, f32x4.splat(1.0 / 24));
  sum = multiplyAdd(sum, r, f32x4.splat(1.0 / 6));
  sum = multiplyAdd(sum, r, f32x4.splat(0.5));
  sum = multiplyAdd(sum, r, f32x4.splat(1));
  sum = multiplyAdd(sum, r, f32x4.splat(1));
  const exponent = i32x4.shl(i32x4.trunc_sat_f32x4_s(n), 23);
  return i32x4.add(sum, exponent);
}
