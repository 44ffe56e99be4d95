struct Packed {
  run: u32,
}

fn load(run: u32) -> Packed {
  return Packed(run);
}

fn quad(packed: Packed, i: u32) -> vec4<f32> {
  return bitcast<vec4<f32>>(weights[packed.run * 8u + i]);
}
