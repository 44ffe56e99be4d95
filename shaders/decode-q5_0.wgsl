// Block of 32: nibbles as in q4_0; three words of scales hold for two blocks: 32 fifth bits each, then two f16 scales
// in a word. weight = scale * (q - 16)
struct Packed {
  q: vec4<u32>,
  fifths: u32,
  scale: f32,
}

fn load(run: u32) -> Packed {
  let pair = (run >> 1u) * 3u;
  return Packed(
    weights[run],
    scale_word(pair + (run & 1u)),
    unpack2x16float(scale_word(pair + 2u))[run & 1u],
  );
}

fn quad(packed: Packed, i: u32) -> vec4<f32> {
  let q = (vec4(packed.q[i & 3u]) >> (vec4(0u, 8u, 16u, 24u) + 4u * (i >> 2u))) & vec4(15u);
  let fifths = (vec4(packed.fifths) >> (vec4(0u, 1u, 2u, 3u) + 4u * i)) & vec4(1u);
  return packed.scale * (vec4<f32>(q | (fifths << vec4(4u))) - 16.0);
}

fn bytes(packed: Packed, i: u32) -> u32 {
  // The product lays four neighbouring bits into four bytes.
  let fifths = (((packed.fifths >> (4u * i)) & 15u) * 0x204081u) & 0x01010101u;
  return ((packed.q[i & 3u] >> (4u * (i >> 2u))) & 0x0f0f0f0fu) | (fifths << 4u);
}

fn affine(packed: Packed, half: u32) -> vec2<f32> {
  return packed.scale * vec2(1.0, -16.0);
}
