// Block of 32: 32 signed bytes in `quants`; an f16 scale in `scales`, two to a word. weight = scale * q
fn head(run: u32) -> vec2<f32> {
  return vec2(unpack2x16float(scales[run >> 1u])[run & 1u], 0.0);
}

fn quad(run: u32, i: u32, head: vec2<f32>) -> vec4<f32> {
  let word = bitcast<i32>(quants[run * 2u + (i >> 2u)][i & 3u]);
  return head.x * vec4<f32>((vec4(word) << vec4(24u, 16u, 8u, 0u)) >> vec4(24u));
}
