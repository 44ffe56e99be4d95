// Decodes a quarter of a run, half of what the tile holds of weight row `row`, of the matrix that projection-source.ts
// writes in place of 0.
fn fill_0(slot: u32, row: u32, thread: u32, run: u32, half: u32) {
  let bound = shape.slots[slot];
  let packed = load_0((bound.y + expert_row + min(row, bound.x - 1u)) * shape.runs + run);
  let first = thread % 2u * 2u;
  let at = thread / 2u * pitch + first;
  weight_tile[at] = keep(quad_0(packed, half + first));
  weight_tile[at + 1u] = keep(quad_0(packed, half + first + 1u));
}
