// The rows of a tile of projection-many*.wgsl: those for which one expert was chosen, as group-experts.wgsl put them together.
// In front comes the binding of `grouped`. The third of `shape.slots` holds the experts [x, y) that are in the buffers of this
// dispatch, how many choices share a row of input, and where in `grouped` the choices begin.

/// Of the weights; the slots count back from it where the first expert is none of the buffer's.
var<private> expert_row: u32;
var<private> first_choice: u32;
var<private> choices: u32;

/// Whether tile `z` has rows.
fn take(z: u32) -> bool {
  let expert = grouped[z * 4u];
  let count = grouped[z * 4u + 2u];
  let here = shape.slots[2];
  expert_row = expert * shape.slots[0].x;
  first_choice = here.w + grouped[z * 4u + 1u];
  choices = count;
  return count > 0u && here.x <= expert && expert < here.y;
}

fn is_row(m: u32) -> bool {
  return m < choices;
}

/// Past the last one its row again.
fn to_row(m: u32) -> u32 {
  return grouped[first_choice + min(m, choices - 1u)];
}

fn from_row(m: u32) -> u32 {
  return to_row(m) / shape.slots[2].z;
}
