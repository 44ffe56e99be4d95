// output[row] += input[row] / sqrt(mean(input[row]^2) + epsilon) * weight, one workgroup a row.
struct Shape {
  /// Row length in vec4, padded with zeros.
  quads: u32,
  /// Row length in numbers, without the padding.
  width: f32,
  epsilon: f32,
}

@group(0) @binding(0) var<uniform> shape: Shape;
@group(0) @binding(1) var<storage, read> input: array<vec4<f32>>;
@group(0) @binding(2) var<storage, read> weight: array<vec4<f32>>;
@group(0) @binding(3) var<storage, read_write> output: array<vec4<f32>>;

const threads = 64u;
var<workgroup> partial: array<f32, threads>;

@compute @workgroup_size(threads)
fn main(@builtin(workgroup_id) group: vec3<u32>, @builtin(local_invocation_index) thread: u32) {
  let first = group.y * shape.quads;
  var squares = 0.0;
  for (var i = thread; i < shape.quads; i += threads) {
    let value = input[first + i];
    squares += dot(value, value);
  }
  partial[thread] = squares;
  workgroupBarrier();
  var total = 0.0;
  for (var i = 0u; i < threads; i++) {
    total += partial[i];
  }
  let factor = 1.0 / sqrt(total / shape.width + shape.epsilon);
  for (var i = thread; i < shape.quads; i += threads) {
    output[first + i] += input[first + i] * factor * weight[i];
  }
}
