// Block of 256 as in the file, 9 x 16 bytes: f16 d and dmin and 6-bit scales and minima of 8 sub-blocks, then nibbles:
// per 64 weights 32 bytes, low nibbles first. weight = d * scale * q - dmin * minimum
// A run is one of 8 sub-blocks. Answers its factor and its offset.
fn head(run: u32) -> vec2<f32> {
  let words = quants[(run >> 3u) * 9u];
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
  let block = (run >> 3u) * 9u;
  let sub = run & 7u;
  let word = quants[block + 1u + (sub >> 1u) * 2u + (i >> 2u)][i & 3u];
  let q = (vec4(word) >> (vec4(0u, 8u, 16u, 24u) + 4u * (sub & 1u))) & vec4(15u);
  return head.x * vec4<f32>(q) - head.y;
}
