// Rows of activations times a matrix that stays quantized: output[m][r] = sum over c of weight[r][c] * input[m][c].
// Concatenated behind one decode-TYPE.wgsl, whose `quad` turns weights 4i to 4i + 3 of a run of 32 into floats with the
// help of the run's `head`, and behind `const tile`: how many activation rows share one decoding of a weight.
struct Shape {
  /// Columns / 32, rounded up; rows of weights and of activations are padded to it with zeros.
  runs: u32,
  /// Rows of this part of the matrix, and the output column of its first.
  rows: u32,
  first: u32,
  output_stride: u32,
  /// 1 adds bias[r].
  add_bias: u32,
  /// 1 adds to what the output holds (a residual), 0 overwrites it.
  add_output: u32,
}

@group(0) @binding(0) var<uniform> shape: Shape;
@group(0) @binding(1) var<storage, read> quants: array<vec4<u32>>;
@group(0) @binding(2) var<storage, read> scales: array<u32>;
@group(0) @binding(3) var<storage, read> input: array<vec4<f32>>;
@group(0) @binding(4) var<storage, read> bias: array<f32>;
@group(0) @binding(5) var<storage, read_write> output: array<f32>;

const threads = 64u;
/// Threads that divide the runs of one weight row among them; a power of two up to `threads`.
override lanes: u32 = 8u;

var<workgroup> partial: array<f32, threads * tile>;

@compute @workgroup_size(threads)
fn main(
  @builtin(workgroup_id) group: vec3<u32>,
  @builtin(num_workgroups) groups: vec3<u32>,
  @builtin(local_invocation_index) thread: u32,
) {
  let rows_per_group = threads / lanes;
  let group_row = (group.y * groups.x + group.x) * rows_per_group;
  let first_input = group.z * tile;

  // Threads past the last row repeat it, so that every thread meets the barrier.
  let row = min(group_row + thread / lanes, shape.rows - 1u);
  var sums: array<f32, tile>;
  for (var run = thread % lanes; run < shape.runs; run += lanes) {
    // Names instead of an array: not every driver keeps an indexed array in registers.
    let place = row * shape.runs + run;
    let scale = head(place);
    let w0 = quad(place, 0u, scale);
    let w1 = quad(place, 1u, scale);
    let w2 = quad(place, 2u, scale);
    let w3 = quad(place, 3u, scale);
    let w4 = quad(place, 4u, scale);
    let w5 = quad(place, 5u, scale);
    let w6 = quad(place, 6u, scale);
    let w7 = quad(place, 7u, scale);
    for (var m = 0u; m < tile; m++) {
      let at = ((first_input + m) * shape.runs + run) * 8u;
      sums[m] += dot(w0, input[at]) + dot(w1, input[at + 1u])
        + dot(w2, input[at + 2u]) + dot(w3, input[at + 3u])
        + dot(w4, input[at + 4u]) + dot(w5, input[at + 5u])
        + dot(w6, input[at + 6u]) + dot(w7, input[at + 7u]);
    }
  }
  for (var m = 0u; m < tile; m++) {
    partial[m * threads + thread] = sums[m];
  }
  workgroupBarrier();

  for (var place = thread; place < rows_per_group * tile; place += threads) {
    let m = place / rows_per_group;
    let r = place % rows_per_group;
    if (group_row + r < shape.rows) {
      var sum = 0.0;
      for (var lane = 0u; lane < lanes; lane++) {
        sum += partial[m * threads + r * lanes + lane];
      }
      let column = shape.first + group_row + r;
      let at = (first_input + m) * shape.output_stride + column;
      if (shape.add_bias == 1u) {
        sum += bias[column];
      }
      if (shape.add_output == 1u) {
        sum += output[at];
      }
      output[at] = sum;
    }
  }
}
