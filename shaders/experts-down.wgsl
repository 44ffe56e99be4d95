// The way back of one row from all its experts, summed by their weights. `lanes` threads divide the columns of two weight
// rows among them.
@compute @workgroup_size(threads)
fn main(
  @builtin(workgroup_id) group: vec3<u32>,
  @builtin(num_workgroups) groups: vec3<u32>,
  @builtin(local_invocation_index) thread: u32,
) {
  let first_row = (group.y * groups.x + group.x) * teams * 2u;
  let row = first_row + thread / lanes * 2u;
  let first_choice = group.z * shape.used;
  var total: vec2<f32>;
  for (var choice = first_choice; choice < first_choice + shape.used; choice++) {
    let expert = chosen[choice].x;
    if (is_here(expert)) {
      // Written out: SwiftShader leaves in a bare variable what the turn before left there.
      var sums = array<vec2<f32>, tile>();
      var squares = array<f32, tile>();
      let rows = vec2(weight_row(0u, expert, row), weight_row(0u, expert, row + 1u));
      accumulate_down(rows, thread % lanes, choice, &sums, &squares);
      total += bitcast<f32>(chosen[choice].y) * sums[0];
    }
  }
  partial[thread] = total;
  workgroupBarrier();

  if (thread < teams) {
    var sum = vec2<f32>();
    for (var lane = 0u; lane < lanes; lane++) {
      sum += partial[thread * lanes + lane];
    }
    for (var i = 0u; i < 2u; i++) {
      let column = first_row + thread * 2u + i;
      if (column < shape.slots[0].x) {
        let at = group.z * shape.output_stride + column;
        output[at] = sum[i] + select(0.0, output[at], shape.add_output == 1u);
      }
    }
  }
}
