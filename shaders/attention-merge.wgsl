// Joins what attention.wgsl left in shares of the pages. One workgroup for one head of one row. In front comes
// `const gated`: then each query is followed by a gate of its size, which is that of a value.
struct Shape {
  value_size: u32,
  output_stride: u32,
  query_stride: u32,
}

@group(0) @binding(0) var<uniform> shape: Shape;
/// In the word of row 0 that attention does not need: the number of shares.
@group(0) @binding(1) var<storage, read> step: array<u32>;
@group(0) @binding(2) var<storage, read> shares: array<f32>;
/// A row begins with its queries.
@group(0) @binding(3) var<storage, read> queries: array<f32>;
@group(0) @binding(4) var<storage, read_write> output: array<f32>;

const threads = 64u;
const lowest = -3.0e38;

@compute @workgroup_size(threads)
fn main(
  @builtin(workgroup_id) group: vec3<u32>,
  @builtin(num_workgroups) groups: vec3<u32>,
  @builtin(local_invocation_index) thread: u32,
) {
  let count = step[3];
  let pitch = shape.value_size + 2u;
  let first = (group.y * groups.x + group.x) * count * pitch;
  var highest = lowest;
  for (var i = 0u; i < count; i++) {
    highest = max(highest, shares[first + i * pitch]);
  }
  for (var d = thread; d < shape.value_size; d += threads) {
    var sum = 0.0;
    var total = 0.0;
    for (var i = 0u; i < count; i++) {
      let at = first + i * pitch;
      // A share of no pages has no sums and the lowest score.
      let weight = select(0.0, exp(max(shares[at] - highest, -80.0)), shares[at] > lowest);
      total += weight * shares[at + 1u];
      sum += weight * shares[at + 2u + d];
    }
    var result = sum / total;
    if (gated) {
      let gate = queries[group.y * shape.query_stride + (2u * group.x + 1u) * shape.value_size + d];
      result /= 1.0 + exp(min(-gate, 80.0));
    }
    output[group.y * shape.output_stride + group.x * shape.value_size + d] = result;
  }
}
