// Block of 32: nibbles as in q4_0; two words of `scales`: f16 scale and f16 minimum, then 32 fifth bits.
// weight = scale * q + minimum
fn head(run: u32) -> vec2<f32> {
  return unpack2x16float(scales[run * 2u]);
}

fn quad(run: u32, i: u32, head: vec2<f32>) -> vec4<f32> {
  let q = (vec4(quants[run][i & 3u]) >> (vec4(0u, 8u, 16u, 24u) + 4u * (i >> 2u))) & vec4(15u);
  let fifths = (vec4(scales[run * 2u + 1u]) >> (vec4(0u, 1u, 2u, 3u) + 4u * i)) & vec4(1u);
  return head.x * vec4<f32>(q | (fifths << vec4(4u))) + head.y;
}
