/** The 8 scales and 8 minima of a block of 256 in Q4_K and Q5_K: 6 bits each, packed into 12 bytes. */

export function scaleOf(from: usize, part: i32): u32 {
  if (part < 4) return load<u8>(from + part) & 63;
  return (load<u8>(from + part + 4) & 15) | ((load<u8>(from + part - 4) >> 6) << 4);
}

export function minimumOf(from: usize, part: i32): u32 {
  if (part < 4) return load<u8>(from + part + 4) & 63;
  return (load<u8>(from + part + 4) >> 4) | ((load<u8>(from + part) >> 6) << 4);
}
