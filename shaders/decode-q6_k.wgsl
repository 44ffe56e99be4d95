// Block of 256: 13 x 16 bytes in `weights` (128 bytes of low nibbles, 64 of upper bit pairs, 16 signed scales, one per
// 16 weights); an f16 d in the plane of scales, two to a word. weight = d * scale * (q - 32)
struct Packed {
  first: vec4<u32>,
  second: vec4<u32>,
  first_pairs: vec4<u32>,
  second_pairs: vec4<u32>,
  quarter: u32,
  /// Of weights 0-15 and 16-31.
  scale: vec2<f32>,
}

fn load(run: u32) -> Packed {
  let number = run >> 3u;
  let block = number * 13u;
  let half = (run >> 2u) & 1u;
  let quarter = run & 3u;
  let d = unpack2x16float(scale_word(number >> 1u))[number & 1u];
  let both = bitcast<i32>(weights[block + 12u][(run & 7u) >> 1u] >> (16u * (run & 1u)));
  let low = block + half * 4u + (quarter & 1u) * 2u;
  let high = block + 8u + half * 2u;
  return Packed(
    weights[low],
    weights[low + 1u],
    weights[high],
    weights[high + 1u],
    quarter,
    d * vec2<f32>((vec2(both) << vec2(24u, 16u)) >> vec2(24u)),
  );
}

fn quad(packed: Packed, i: u32) -> vec4<f32> {
  let low = select(packed.first, packed.second, i > 3u)[i & 3u];
  let high = select(packed.first_pairs, packed.second_pairs, i > 3u)[i & 3u];
  let nibbles = (vec4(low) >> (vec4(0u, 8u, 16u, 24u) + 4u * (packed.quarter >> 1u))) & vec4(15u);
  let pairs = (vec4(high) >> (vec4(0u, 8u, 16u, 24u) + 2u * packed.quarter)) & vec4(3u);
  return packed.scale[i >> 2u] * (vec4<f32>(nibbles | (pairs << vec4(4u))) - 32.0);
}

fn bytes(packed: Packed, i: u32) -> u32 {
  let low = select(packed.first, packed.second, i > 3u)[i & 3u];
  let high = select(packed.first_pairs, packed.second_pairs, i > 3u)[i & 3u];
  let pairs = (high >> (2u * packed.quarter)) & 0x03030303u;
  return ((low >> (4u * (packed.quarter >> 1u))) & 0x0f0f0f0fu) | (pairs << 4u);
}

fn affine(packed: Packed, half: u32) -> vec2<f32> {
  return packed.scale[half] * vec2(1.0, -32.0);
}
