// Block of 32: 16 bytes in `quants`, low nibbles are weights 0-15, high ones 16-31; an f16 scale in `scales`, two to
// a word. weight = scale * (q - 8)
fn head(run: u32) -> vec2<f32> {
  return vec2(unpack2x16float(scales[run >> 1u])[run & 1u], 0.0);
}

fn quad(run: u32, i: u32, head: vec2<f32>) -> vec4<f32> {
  let q = (vec4(quants[run][i & 3u]) >> (vec4(0u, 8u, 16u, 24u) + 4u * (i >> 2u))) & vec4(15u);
  return head.x * (vec4<f32>(q) - 8.0);
}
