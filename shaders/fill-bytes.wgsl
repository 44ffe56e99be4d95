// Half a run of weight row `row`, as its integers, of the matrix that projection-source.ts writes in place of 0.
fn fill_0(slot: u32, row: u32, thread: u32, run: u32, half: u32) {
  let bound = shape.slots[slot];
  let packed = load_0((bound.y + expert_row + min(row, bound.x - 1u)) * shape.runs + run);
  for (var i = 0u; i < 4u; i++) {
    weight_tile[thread / 2u * pitch + half * 4u + i] = bytes_0(packed, half * 4u + i);
  }
  weight_scales[thread] = affine_0(packed, half);
}
