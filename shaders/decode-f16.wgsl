fn decode(run: u32) -> array<vec4<f32>, 8> {
  var weights: array<vec4<f32>, 8>;
  for (var i = 0u; i < 4u; i++) {
    let words = quants[run * 4u + i];
    weights[2u * i] = vec4(unpack2x16float(words.x), unpack2x16float(words.y));
    weights[2u * i + 1u] = vec4(unpack2x16float(words.z), unpack2x16float(words.w));
  }
  return weights;
}
