struct Packed {
  run: u32,
}

fn load(run: u32) -> Packed {
  return Packed(run);
}

fn quad(packed: Packed, i: u32) -> vec4<f32> {
  let words = weights[packed.run * 4u + (i >> 1u)];
  let pairs = select(words.xy, words.zw, (i & 1u) == 1u);
  return vec4(unpack2x16float(pairs.x), unpack2x16float(pairs.y));
}
