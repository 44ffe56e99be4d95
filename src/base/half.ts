/**
 * IEEE 754 half precision, round to nearest even. Written out because Float16Array is younger than the browsers
 * that we serve, and because a packer that drops the rounding carry is 15 times less exact (research: Pooled).
 */
const word = new Uint32Array(1);
const float = new Float32Array(word.buffer);

export function toHalf(value: number): number {
  float[0] = value;
  const bits = word[0]!;
  const sign = (bits >>> 16) & 0x8000;
  const magnitude = bits & 0x7fffffff;
  if (magnitude > 0x7f800000) return sign | 0x7e00;
  if (magnitude >= 0x47800000) return sign | 0x7c00;
  if (magnitude < 0x33000001) return sign;
  if (magnitude < 0x38800000) {
    const shift = 126 - (magnitude >>> 23);
    const mantissa = (magnitude & 0x7fffff) | 0x800000;
    const half = mantissa >>> shift;
    const rest = mantissa & ((1 << shift) - 1);
    const middle = 1 << (shift - 1);
    return sign | (half + (rest > middle || (rest === middle && (half & 1) === 1) ? 1 : 0));
  }
  const rounded = magnitude + 0xfff + ((magnitude >>> 13) & 1);
  return rounded >= 0x47800000 ? sign | 0x7c00 : sign | ((rounded - 0x38000000) >>> 13);
}

export function fromHalf(half: number): number {
  const sign = (half & 0x8000) << 16;
  const exponent = (half >>> 10) & 0x1f;
  const mantissa = half & 0x3ff;
  if (exponent === 0) return (sign ? -1 : 1) * mantissa * 2 ** -24;
  word[0] =
    exponent === 31
      ? sign | 0x7f800000 | (mantissa << 13)
      : sign | ((exponent + 112) << 23) | (mantissa << 13);
  return float[0]!;
}

/** Every half as a float, 256 KiB, made on first use: unpacking weights and wire frames is a look-up. */
let table: Float32Array | undefined;
export function halfTable(): Float32Array {
  return (table ??= Float32Array.from({ length: 65536 }, (_, half) => fromHalf(half)));
}
