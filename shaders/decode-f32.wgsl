fn decode(run: u32) -> array<vec4<f32>, 8> {
  var weights: array<vec4<f32>, 8>;
  for (var i = 0u; i < 8u; i++) {
    weights[i] = bitcast<vec4<f32>>(quants[run * 8u + i]);
  }
  return weights;
}
