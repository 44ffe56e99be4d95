// Block of 32: nibbles as in q4_0; `scales` holds for two blocks: 32 fifth bits each, then two f16 scales in a word.
// weight = scale * (q - 16)
fn head(run: u32) -> vec2<f32> {
  return vec2(unpack2x16float(scales[(run >> 1u) * 3u + 2u])[run & 1u], 0.0);
}

fn quad(run: u32, i: u32, head: vec2<f32>) -> vec4<f32> {
  let q = (vec4(quants[run][i & 3u]) >> (vec4(0u, 8u, 16u, 24u) + 4u * (i >> 2u))) & vec4(15u);
  let bits = scales[(run >> 1u) * 3u + (run & 1u)];
  let fifths = (vec4(bits) >> (vec4(0u, 1u, 2u, 3u) + 4u * i)) & vec4(1u);
  return head.x * (vec4<f32>(q | (fifths << vec4(4u))) - 16.0);
}
