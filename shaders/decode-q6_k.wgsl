// Block of 256: 13 x 16 bytes in `quants` (128 bytes of low nibbles, 64 of upper bit pairs, 16 signed scales, one per
// 16 weights); an f16 d in `scales`, two to a word. weight = d * scale * (q - 32)
fn head(run: u32) -> vec2<f32> {
  let block = run >> 3u;
  let d = unpack2x16float(scales[block >> 1u])[block & 1u];
  let both = bitcast<i32>(quants[block * 13u + 12u][(run & 7u) >> 1u] >> (16u * (run & 1u)));
  return d * vec2<f32>((vec2(both) << vec2(24u, 16u)) >> vec2(24u));
}

fn quad(run: u32, i: u32, head: vec2<f32>) -> vec4<f32> {
  let block = (run >> 3u) * 13u;
  let half = (run >> 2u) & 1u;
  let quarter = run & 3u;
  let low = quants[block + half * 4u + (quarter & 1u) * 2u + (i >> 2u)][i & 3u];
  let high = quants[block + 8u + half * 2u + (i >> 2u)][i & 3u];
  let nibbles = (vec4(low) >> (vec4(0u, 8u, 16u, 24u) + 4u * (quarter >> 1u))) & vec4(15u);
  let pairs = (vec4(high) >> (vec4(0u, 8u, 16u, 24u) + 2u * quarter)) & vec4(3u);
  return head[i >> 2u] * (vec4<f32>(nibbles | (pairs << vec4(4u))) - 32.0);
}
