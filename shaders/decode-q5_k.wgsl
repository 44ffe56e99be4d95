// Block of 256 as in the file, 11 x 16 bytes: head as in q4_k, 32 bytes of fifth bits (bit s of byte c is column c of
// sub-block s), then nibbles as in q4_k. weight = d * scale * q - dmin * minimum
// A run is one of 8 sub-blocks. Answers its factor and its offset.
fn head(run: u32) -> vec2<f32> {
  let words = quants[(run >> 3u) * 11u];
  let sub = run & 7u;
  let shift = 8u * (sub & 3u);
  var scale = (words.y >> shift) & 63u;
  var minimum = (words.z >> shift) & 63u;
  if (sub > 3u) {
    let low = words.w >> shift;
    scale = (low & 15u) | (((words.y >> shift) & 0xc0u) >> 2u);
    minimum = ((low >> 4u) & 15u) | (((words.z >> shift) & 0xc0u) >> 2u);
  }
  return unpack2x16float(words.x) * vec2(f32(scale), f32(minimum));
}

fn quad(run: u32, i: u32, head: vec2<f32>) -> vec4<f32> {
  let block = (run >> 3u) * 11u;
  let sub = run & 7u;
  let word = quants[block + 3u + (sub >> 1u) * 2u + (i >> 2u)][i & 3u];
  let q = (vec4(word) >> (vec4(0u, 8u, 16u, 24u) + 4u * (sub & 1u))) & vec4(15u);
  let bits = quants[block + 1u + (i >> 2u)][i & 3u];
  let fifths = (vec4(bits) >> (vec4(0u, 8u, 16u, 24u) + sub)) & vec4(1u);
  return head.x * vec4<f32>(q | (fifths << vec4(4u))) - head.y;
}
