// Block of 32: nibbles as in q4_0; f16 scale and f16 minimum in one word of `scales`. weight = scale * q + minimum
fn head(run: u32) -> vec2<f32> {
  return unpack2x16float(scales[run]);
}

fn quad(run: u32, i: u32, head: vec2<f32>) -> vec4<f32> {
  let q = (vec4(quants[run][i & 3u]) >> (vec4(0u, 8u, 16u, 24u) + 4u * (i >> 2u))) & vec4(15u);
  return head.x * vec4<f32>(q) + head.y;
}
