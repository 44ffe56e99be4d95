// Block of 32: nibbles as in q4_0; f16 scale and f16 minimum in one word of `scales`. weight = scale * q + minimum
fn decode(run: u32) -> array<vec4<f32>, 8> {
  let scale = unpack2x16float(scales[run]);
  let words = quants[run];
  var weights: array<vec4<f32>, 8>;
  for (var i = 0u; i < 4u; i++) {
    let bytes = vec4(words[i]) >> vec4(0u, 8u, 16u, 24u);
    weights[i] = scale.x * vec4<f32>(bytes & vec4(15u)) + scale.y;
    weights[i + 4u] = scale.x * vec4<f32>((bytes >> vec4(4u)) & vec4(15u)) + scale.y;
  }
  return weights;
}
