// A bf16 is the upper half of an f32.
struct Packed {
  run: u32,
}

fn load(run: u32) -> Packed {
  return Packed(run);
}

fn quad(packed: Packed, i: u32) -> vec4<f32> {
  let words = weights[packed.run * 4u + (i >> 1u)];
  let pairs = select(words.xy, words.zw, (i & 1u) == 1u);
  let even = bitcast<vec2<f32>>(pairs << vec2(16u));
  let odd = bitcast<vec2<f32>>(pairs & vec2(0xffff0000u));
  return vec4(even.x, odd.x, even.y, odd.y);
}
