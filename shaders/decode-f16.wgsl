fn head(run: u32) -> vec2<f32> {
  return vec2(0.0);
}

fn quad(run: u32, i: u32, head: vec2<f32>) -> vec4<f32> {
  let words = quants[run * 4u + (i >> 1u)];
  let pairs = select(words.xy, words.zw, (i & 1u) == 1u);
  return vec4(unpack2x16float(pairs.x), unpack2x16float(pairs.y));
}
