// A bf16 is the upper half of an f32.
fn decode(run: u32) -> array<vec4<f32>, 8> {
  var weights: array<vec4<f32>, 8>;
  for (var i = 0u; i < 4u; i++) {
    let words = quants[run * 4u + i];
    let even = bitcast<vec4<f32>>(words << vec4(16u));
    let odd = bitcast<vec4<f32>>(words & vec4(0xffff0000u));
    weights[2u * i] = vec4(even.x, odd.x, even.y, odd.y);
    weights[2u * i + 1u] = vec4(even.z, odd.z, even.w, odd.w);
  }
  return weights;
}
