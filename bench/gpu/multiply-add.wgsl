// Arithmetic: eight chains of multiply-adds a thread, so that none waits for the one before. In front comes `alias Number = ...`.
@group(0) @binding(0) var<storage, read> factors: array<vec4<f32>>;
@group(0) @binding(1) var<storage, read_write> output: array<vec4<f32>>;

const rounds = 256u;

@compute @workgroup_size(256)
fn main(@builtin(global_invocation_id) id: vec3<u32>) {
  let factor = vec4<Number>(factors[id.x & 255u]);
  var sums: array<vec4<Number>, 8>;
  for (var i = 0u; i < 8u; i++) { sums[i] = factor * Number(i); }
  for (var round = 0u; round < rounds; round++) {
    sums[0] = fma(sums[0], factor, factor);
    sums[1] = fma(sums[1], factor, factor);
    sums[2] = fma(sums[2], factor, factor);
    sums[3] = fma(sums[3], factor, factor);
    sums[4] = fma(sums[4], factor, factor);
    sums[5] = fma(sums[5], factor, factor);
    sums[6] = fma(sums[6], factor, factor);
    sums[7] = fma(sums[7], factor, factor);
  }
  output[id.x] = vec4<f32>(sums[0] + sums[1] + sums[2] + sums[3] + sums[4] + sums[5] + sums[6] + sums[7]);
}
