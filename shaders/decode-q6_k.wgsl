// Block of 256: 13 x 16 bytes in `quants` (128 bytes of low nibbles, 64 of upper bit pairs, 16 signed scales, one per
// 16 weights); an f16 d in `scales`, two to a word. weight = d * scale * (q - 32)
fn decode(run: u32) -> array<vec4<f32>, 8> {
  let index = run >> 3u;
  let block = index * 13u;
  let half = (run >> 2u) & 1u;
  let quarter = run & 3u;
  let d = unpack2x16float(scales[index >> 1u])[index & 1u];
  let sub_scales = bitcast<i32>(quants[block + 12u][half * 2u + (quarter >> 1u)] >> (16u * (quarter & 1u)));
  let factors = d * vec2<f32>((vec2(sub_scales) << vec2(24u, 16u)) >> vec2(24u));
  let low = block + half * 4u + (quarter & 1u) * 2u;
  let high = block + 8u + half * 2u;
  let nibble = 4u * (quarter >> 1u);
  var weights: array<vec4<f32>, 8>;
  for (var i = 0u; i < 8u; i++) {
    let bytes = vec4(quants[low + (i >> 2u)][i & 3u]) >> (vec4(0u, 8u, 16u, 24u) + nibble);
    let pairs = vec4(quants[high + (i >> 2u)][i & 3u]) >> (vec4(0u, 8u, 16u, 24u) + 2u * quarter);
    let q = vec4<f32>((bytes & vec4(15u)) | ((pairs & vec4(3u)) << vec4(4u))) - 32.0;
    weights[i] = factors[i >> 2u] * q;
  }
  return weights;
}
