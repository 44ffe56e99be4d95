// Block of 32: nibbles as in q4_0; two words of `scales`: f16 scale and f16 minimum, then 32 fifth bits.
// weight = scale * q + minimum
fn decode(run: u32) -> array<vec4<f32>, 8> {
  let scale = unpack2x16float(scales[run * 2u]);
  let fifths = scales[run * 2u + 1u];
  let words = quants[run];
  var weights: array<vec4<f32>, 8>;
  for (var i = 0u; i < 4u; i++) {
    let bytes = vec4(words[i]) >> vec4(0u, 8u, 16u, 24u);
    let low = (vec4(fifths) >> (vec4(0u, 1u, 2u, 3u) + 4u * i)) & vec4(1u);
    let high = (vec4(fifths) >> (vec4(16u, 17u, 18u, 19u) + 4u * i)) & vec4(1u);
    weights[i] = scale.x * vec4<f32>((bytes & vec4(15u)) | (low << vec4(4u))) + scale.y;
    weights[i + 4u] = scale.x * vec4<f32>(((bytes >> vec4(4u)) & vec4(15u)) | (high << vec4(4u))) + scale.y;
  }
  return weights;
}
