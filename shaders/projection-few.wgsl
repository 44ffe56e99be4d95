// For up to `tile` activation rows, which share one decoding of each weight; more of them come in further workgroups.
// `lanes` threads divide the columns of two weight rows among them: of one matrix, or, gated, of gate and of up.
// Threads of a subgroup add up among themselves first (join-*.wgsl).
// The norm is folded in: each lane adds up the squares of what it reads anyway, and the result is scaled at the end.
const teams = threads / lanes;
const rows_per_team = select(2u, 1u, gated);

var<workgroup> partial: array<vec2<f32>, threads * tile>;
var<workgroup> partial_squares: array<f32, threads * tile>;

@compute @workgroup_size(threads)
fn main(
  @builtin(workgroup_id) group: vec3<u32>,
  @builtin(num_workgroups) groups: vec3<u32>,
  @builtin(local_invocation_index) thread: u32,
) {
  let place = place_of(group.y * groups.x + group.x, teams * rows_per_team);
  let first_input = group.z * tile;
  var sums: array<vec2<f32>, tile>;
  var squares: array<f32, tile>;
  accumulate(place.y, place.x + thread / lanes * rows_per_team, thread % lanes, first_input, &sums, &squares);
  let joined = min(lanes, subgroup);
  for (var m = 0u; m < tile; m++) {
    let sum = join(vec3(sums[m], squares[m]), joined);
    if (thread % joined == 0u) {
      partial[m * threads + thread] = sum.xy;
      if (normed) {
        partial_squares[m * threads + thread] = sum.z;
      }
    }
  }
  workgroupBarrier();

  for (var i = thread; i < teams * tile; i += threads) {
    let m = i / teams;
    let team = i % teams;
    var sum = vec2<f32>();
    var square = 0.0;
    for (var lane = 0u; lane < lanes; lane += joined) {
      sum += partial[m * threads + team * lanes + lane];
      if (normed) {
        square += partial_squares[m * threads + team * lanes + lane];
      }
    }
    if (normed) {
      sum *= normalizer(square);
    }
    let row = place.x + team * rows_per_team;
    if (gated) {
      store(first_input + m, 0u, row, activation(sum.x) * sum.y);
    } else {
      store(first_input + m, place.y, row, sum.x);
      store(first_input + m, place.y, row + 1u, sum.y);
    }
  }
}
