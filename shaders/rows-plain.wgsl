// The rows of a tile of projection-many*.wgsl: `side` of them as they come.
const expert_row = 0u;
var<private> first_input: u32;

/// Whether tile `z` has rows.
fn take(z: u32) -> bool {
  first_input = z * side;
  return true;
}

fn is_row(m: u32) -> bool {
  return true;
}

fn from_row(m: u32) -> u32 {
  return first_input + m;
}

fn to_row(m: u32) -> u32 {
  return first_input + m;
}
