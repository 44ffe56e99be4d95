// The sum over `count` neighbouring threads, a power of two up to the size of a subgroup; every one of them gets it.
// That neighbours in a subgroup are neighbours in the workgroup is no promise of WGSL: choose-tier.ts sees that it holds.
fn join(value: vec3<f32>, count: u32) -> vec3<f32> {
  var sum = value;
  for (var offset = 1u; offset < count; offset *= 2u) {
    sum += subgroupShuffleXor(sum, offset);
  }
  return sum;
}
