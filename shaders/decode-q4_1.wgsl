// Block of 32: nibbles as in q4_0; f16 scale and f16 minimum in one word of scales. weight = scale * q + minimum
struct Packed {
  q: vec4<u32>,
  scale: vec2<f32>,
}

fn load(run: u32) -> Packed {
  return Packed(weights[run], unpack2x16float(scale_word(run)));
}

fn quad(packed: Packed, i: u32) -> vec4<f32> {
  let q = (vec4(packed.q[i & 3u]) >> (vec4(0u, 8u, 16u, 24u) + 4u * (i >> 2u))) & vec4(15u);
  return packed.scale.x * vec4<f32>(q) + packed.scale.y;
}

fn bytes(packed: Packed, i: u32) -> u32 {
  return (packed.q[i & 3u] >> (4u * (i >> 2u))) & 0x0f0f0f0fu;
}

fn affine(packed: Packed, half: u32) -> vec2<f32> {
  return packed.scale;
}
