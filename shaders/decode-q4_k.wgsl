// Block of 256 as in the file, 9 x 16 bytes: f16 d and dmin and 6-bit scales and minima of 8 sub-blocks, then nibbles:
// per 64 weights 32 bytes, low nibbles first. weight = d * scale * q - dmin * minimum
// A run is one of 8 sub-blocks.
struct Packed {
  first: vec4<u32>,
  second: vec4<u32>,
  shift: u32,
  scale: vec2<f32>,
}

fn load(run: u32) -> Packed {
  let block = (run >> 3u) * 9u;
  let words = weights[block];
  let sub = run & 7u;
  let shift = 8u * (sub & 3u);
  var scale = (words.y >> shift) & 63u;
  var minimum = (words.z >> shift) & 63u;
  if (sub > 3u) {
    let low = words.w >> shift;
    scale = (low & 15u) | (((words.y >> shift) & 0xc0u) >> 2u);
    minimum = ((low >> 4u) & 15u) | (((words.z >> shift) & 0xc0u) >> 2u);
  }
  let quants = block + 1u + (sub >> 1u) * 2u;
  return Packed(
    weights[quants],
    weights[quants + 1u],
    4u * (sub & 1u),
    unpack2x16float(words.x) * vec2(f32(scale), f32(minimum)),
  );
}

fn quad(packed: Packed, i: u32) -> vec4<f32> {
  let word = select(packed.first, packed.second, i > 3u)[i & 3u];
  let q = (vec4(word) >> (vec4(0u, 8u, 16u, 24u) + packed.shift)) & vec4(15u);
  return packed.scale.x * vec4<f32>(q) - packed.scale.y;
}

fn bytes(packed: Packed, i: u32) -> u32 {
  return (select(packed.first, packed.second, i > 3u)[i & 3u] >> packed.shift) & 0x0f0f0f0fu;
}

fn affine(packed: Packed, half: u32) -> vec2<f32> {
  return packed.scale * vec2(1.0, -1.0);
}
