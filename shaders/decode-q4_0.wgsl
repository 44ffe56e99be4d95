// Block of 32: 16 bytes in `weights`, low nibbles are weights 0-15, high ones 16-31; an f16 scale in the plane of
// scales, two to a word. weight = scale * (q - 8)
struct Packed {
  q: vec4<u32>,
  scale: f32,
}

fn load(run: u32) -> Packed {
  return Packed(weights[run], unpack2x16float(scale_word(run >> 1u))[run & 1u]);
}

fn quad(packed: Packed, i: u32) -> vec4<f32> {
  let q = (vec4(packed.q[i & 3u]) >> (vec4(0u, 8u, 16u, 24u) + 4u * (i >> 2u))) & vec4(15u);
  return packed.scale * (vec4<f32>(q) - 8.0);
}

fn bytes(packed: Packed, i: u32) -> u32 {
  return (packed.q[i & 3u] >> (4u * (i >> 2u))) & 0x0f0f0f0fu;
}

fn affine(packed: Packed, half: u32) -> vec2<f32> {
  return packed.scale * vec2(1.0, -8.0);
}
