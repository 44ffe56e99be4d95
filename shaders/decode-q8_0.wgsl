// Block of 32: 32 signed bytes in `quants`; an f16 scale in `scales`, two to a word.
fn decode(run: u32) -> array<vec4<f32>, 8> {
  let scale = unpack2x16float(scales[run >> 1u])[run & 1u];
  var weights: array<vec4<f32>, 8>;
  for (var i = 0u; i < 8u; i++) {
    let word = bitcast<i32>(quants[run * 2u + (i >> 2u)][i & 3u]);
    weights[i] = scale * vec4<f32>((vec4(word) << vec4(24u, 16u, 8u, 0u)) >> vec4(24u));
  }
  return weights;
}
