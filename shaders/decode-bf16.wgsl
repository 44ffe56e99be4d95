// A bf16 is the upper half of an f32.
fn head(run: u32) -> vec2<f32> {
  return vec2(0.0);
}

fn quad(run: u32, i: u32, head: vec2<f32>) -> vec4<f32> {
  let words = quants[run * 4u + (i >> 1u)];
  let pairs = select(words.xy, words.zw, (i & 1u) == 1u);
  let even = bitcast<vec2<f32>>(pairs << vec2(16u));
  let odd = bitcast<vec2<f32>>(pairs & vec2(0xffff0000u));
  return vec4(even.x, odd.x, even.y, odd.y);
}
