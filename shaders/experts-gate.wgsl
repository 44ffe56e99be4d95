// Gate and up of one chosen expert for one row, the norm folded in: `output` has a row for each choice. `lanes` threads
// divide the columns of a row of gate and the same of up among them.
@compute @workgroup_size(threads)
fn main(
  @builtin(workgroup_id) group: vec3<u32>,
  @builtin(num_workgroups) groups: vec3<u32>,
  @builtin(local_invocation_index) thread: u32,
) {
  let expert = chosen[group.z].x;
  if (!is_here(expert)) {
    return;
  }
  let first_row = (group.y * groups.x + group.x) * teams;
  let row = first_row + thread / lanes;
  let rows = vec2(weight_row(0u, expert, row), weight_row(1u, expert, row));
  var sums: array<vec2<f32>, tile>;
  var squares: array<f32, tile>;
  accumulate_pair(rows, thread % lanes, group.z / shape.used, &sums, &squares);
  partial[thread] = sums[0];
  partial_squares[thread] = squares[0];
  workgroupBarrier();

  if (thread < teams && first_row + thread < shape.slots[0].x) {
    var sum = vec2<f32>();
    var square = 0.0;
    for (var lane = 0u; lane < lanes; lane++) {
      sum += partial[thread * lanes + lane];
      square += partial_squares[thread * lanes + lane];
    }
    sum /= sqrt(square / shape.width + shape.epsilon);
    output[group.z * shape.output_stride + first_row + thread] = activation(sum.x) * sum.y;
  }
}
