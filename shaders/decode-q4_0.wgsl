// Block of 32: 16 bytes in `quants`, low nibbles are weights 0-15, high ones 16-31; an f16 scale in `scales`, two to
// a word. weight = scale * (q - 8)
fn decode(run: u32) -> array<vec4<f32>, 8> {
  let scale = unpack2x16float(scales[run >> 1u])[run & 1u];
  let words = quants[run];
  var weights: array<vec4<f32>, 8>;
  for (var i = 0u; i < 4u; i++) {
    let bytes = vec4(words[i]) >> vec4(0u, 8u, 16u, 24u);
    weights[i] = scale * (vec4<f32>(bytes & vec4(15u)) - 8.0);
    weights[i + 4u] = scale * (vec4<f32>((bytes >> vec4(4u)) & vec4(15u)) - 8.0);
  }
  return weights;
}
