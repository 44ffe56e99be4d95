// What the experts of a row gave, summed by their weights. One thread for four columns of a row.
struct Shape {
  used: u32,
  /// Of a row, in both buffers.
  quads: u32,
  /// 1 adds to what the output holds, 0 overwrites it.
  add_output: u32,
}

@group(0) @binding(0) var<uniform> shape: Shape;
/// (expert, bits of its weight), `used` of them a row.
@group(0) @binding(1) var<storage, read> chosen: array<vec2<u32>>;
/// A row for each choice.
@group(0) @binding(2) var<storage, read> given: array<vec4<f32>>;
@group(0) @binding(3) var<storage, read_write> output: array<vec4<f32>>;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3<u32>) {
  if (id.x >= shape.quads) {
    return;
  }
  var sum: vec4<f32>;
  for (var choice = id.y * shape.used; choice < (id.y + 1u) * shape.used; choice++) {
    sum += bitcast<f32>(chosen[choice].y) * given[choice * shape.quads + id.x];
  }
  let at = id.y * shape.quads + id.x;
  if (shape.add_output == 1u) {
    sum += output[at];
  }
  output[at] = sum;
}
