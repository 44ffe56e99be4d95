// Block of 32: 32 signed bytes in `weights`; an f16 scale in the plane of scales, two to a word. weight = scale * q
struct Packed {
  first: vec4<u32>,
  second: vec4<u32>,
  scale: f32,
}

fn load(run: u32) -> Packed {
  return Packed(
    weights[run * 2u],
    weights[run * 2u + 1u],
    unpack2x16float(scale_word(run >> 1u))[run & 1u],
  );
}

fn quad(packed: Packed, i: u32) -> vec4<f32> {
  let word = bitcast<i32>(select(packed.first, packed.second, i > 3u)[i & 3u]);
  return packed.scale * vec4<f32>((vec4(word) << vec4(24u, 16u, 8u, 0u)) >> vec4(24u));
}

fn bytes(packed: Packed, i: u32) -> u32 {
  return select(packed.first, packed.second, i > 3u)[i & 3u];
}

fn affine(packed: Packed, half: u32) -> vec2<f32> {
  return vec2(packed.scale, 0.0);
}
