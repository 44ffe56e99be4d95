// Block of 256 as in the file, 9 x 16 bytes: f16 d and dmin and 6-bit scales and minima of 8 sub-blocks, then nibbles:
// per 64 weights 32 bytes, low nibbles first. weight = d * scale * q - dmin * minimum
fn decode(run: u32) -> array<vec4<f32>, 8> {
  let block = (run >> 3u) * 9u;
  let sub = run & 7u;
  let head = quants[block];
  let d = unpack2x16float(head.x);
  let shift = 8u * (sub & 3u);
  var scale = (head.y >> shift) & 63u;
  var minimum = (head.z >> shift) & 63u;
  if (sub > 3u) {
    let low = head.w >> shift;
    scale = (low & 15u) | (((head.y >> shift) & 0xc0u) >> 2u);
    minimum = ((low >> 4u) & 15u) | (((head.z >> shift) & 0xc0u) >> 2u);
  }
  let factor = d.x * f32(scale);
  let offset = d.y * f32(minimum);
  let at = block + 1u + (sub >> 1u) * 2u;
  let nibble = 4u * (sub & 1u);
  var weights: array<vec4<f32>, 8>;
  for (var i = 0u; i < 8u; i++) {
    let bytes = vec4(quants[at + (i >> 2u)][i & 3u]) >> (vec4(0u, 8u, 16u, 24u) + nibble);
    weights[i] = factor * vec4<f32>(bytes & vec4(15u)) - offset;
  }
  return weights;
}
