// Behind delta-rule.wgsl: norm and gate of what the memory gave, and the row itself among those that may be taken again
// after a rewind; only there, because other heads of its session read them before. One workgroup for one value head of one
// row. In front comes `const size` (of a head).
struct Shape {
  key_heads: u32,
  value_heads: u32,
  /// As in delta-rule.wgsl.
  stride: u32,
  output_stride: u32,
  kept_rows: u32,
  kept_columns: u32,
  epsilon: f32,
}

@group(0) @binding(0) var<uniform> shape: Shape;
/// As in delta-rule.wgsl.
@group(0) @binding(1) var<storage, read> rows: array<u32>;
@group(0) @binding(2) var<storage, read> projected: array<f32>;
/// Of a head.
@group(0) @binding(3) var<storage, read> norm: array<f32>;
@group(0) @binding(4) var<storage, read_write> kept: array<f32>;
@group(0) @binding(5) var<storage, read_write> output: array<f32>;

const row_words = 6u;
const threads = 64u;
var<workgroup> partial: array<f32, threads>;

@compute @workgroup_size(threads)
fn main(@builtin(workgroup_id) group: vec3<u32>, @builtin(local_invocation_index) thread: u32) {
  let head = group.x;
  let row = group.y;
  let first = row * shape.output_stride + head * size;
  var squares = 0.0;
  for (var i = thread; i < size; i += threads) {
    squares += output[first + i] * output[first + i];
  }
  partial[thread] = squares;
  workgroupBarrier();
  var total = 0.0;
  for (var i = 0u; i < threads; i++) {
    total += partial[i];
  }
  let factor = 1.0 / sqrt(total / f32(size) + shape.epsilon);
  let channels = (2u * shape.key_heads + shape.value_heads) * size;
  let input = row * shape.stride;
  for (var i = thread; i < size; i += threads) {
    let gate = projected[input + channels + head * size + i];
    // The clamp keeps exp from overflowing on drivers with relaxed math.
    output[first + i] *= factor * norm[i] * gate / (1.0 + exp(min(-gate, 80.0)));
  }

  let position = rows[row * row_words + 1u];
  if (position + shape.kept_rows < rows[row * row_words + 2u]) {
    return;
  }
  let slot = rows[row * row_words];
  let to = (slot * shape.kept_rows + position % shape.kept_rows) * shape.kept_columns;
  // Keys and queries of as many heads as there are, values of all.
  for (var block = select(2u, 0u, head < shape.key_heads); block < 3u; block++) {
    for (var i = thread; i < size; i += threads) {
      let column = (block * shape.key_heads + head) * size + i;
      kept[to + column] = projected[input + column];
    }
  }
  if (thread < 2u) {
    let column = channels + thread * shape.value_heads + head;
    kept[to + column] = projected[input + column + shape.value_heads * size];
  }
}
