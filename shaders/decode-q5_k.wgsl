// Block of 256 as in the file, 11 x 16 bytes: head as in q4_k, 32 bytes of fifth bits (bit s of byte c is column c of
// sub-block s), then nibbles as in q4_k. weight = d * scale * q - dmin * minimum
// A run is one of 8 sub-blocks.
struct Packed {
  first: vec4<u32>,
  second: vec4<u32>,
  first_fifths: vec4<u32>,
  second_fifths: vec4<u32>,
  sub: u32,
  scale: vec2<f32>,
}

fn load(run: u32) -> Packed {
  let block = (run >> 3u) * 11u;
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
  let quants = block + 3u + (sub >> 1u) * 2u;
  return Packed(
    weights[quants],
    weights[quants + 1u],
    weights[block + 1u],
    weights[block + 2u],
    sub,
    unpack2x16float(words.x) * vec2(f32(scale), f32(minimum)),
  );
}

fn quad(packed: Packed, i: u32) -> vec4<f32> {
  let word = select(packed.first, packed.second, i > 3u)[i & 3u];
  let bits = select(packed.first_fifths, packed.second_fifths, i > 3u)[i & 3u];
  let q = (vec4(word) >> (vec4(0u, 8u, 16u, 24u) + 4u * (packed.sub & 1u))) & vec4(15u);
  let fifths = (vec4(bits) >> (vec4(0u, 8u, 16u, 24u) + packed.sub)) & vec4(1u);
  return packed.scale.x * vec4<f32>(q | (fifths << vec4(4u))) - packed.scale.y;
}

fn bytes(packed: Packed, i: u32) -> u32 {
  let word = select(packed.first, packed.second, i > 3u)[i & 3u];
  let bits = select(packed.first_fifths, packed.second_fifths, i > 3u)[i & 3u];
  let fifths = (bits >> packed.sub) & 0x01010101u;
  return ((word >> (4u * (packed.sub & 1u))) & 0x0f0f0f0fu) | (fifths << 4u);
}

fn affine(packed: Packed, half: u32) -> vec2<f32> {
  return packed.scale * vec2(1.0, -1.0);
}
