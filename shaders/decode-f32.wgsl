fn head(run: u32) -> vec2<f32> {
  return vec2(0.0);
}

fn quad(run: u32, i: u32, head: vec2<f32>) -> vec4<f32> {
  return bitcast<vec4<f32>>(quants[run * 8u + i]);
}
