// Where a device has no subgroups, or is no faster with them.
const subgroup = 1u;

fn join(value: vec3<f32>, count: u32) -> vec3<f32> {
  return value;
}
