// gate = activation(gate) * up, in place.
struct Shape {
  quads_per_row: u32,
  /// 0 SiLU, 1 GELU by tanh.
  gelu: u32,
}

@group(0) @binding(0) var<uniform> shape: Shape;
@group(0) @binding(1) var<storage, read> up: array<vec4<f32>>;
@group(0) @binding(2) var<storage, read_write> gate: array<vec4<f32>>;

// The clamps keep exp and tanh from overflowing to NaN on drivers with relaxed math; past them both are flat in f32.
fn silu(x: vec4<f32>) -> vec4<f32> {
  return x / (1.0 + exp(min(-x, vec4(80.0))));
}

fn gelu(x: vec4<f32>) -> vec4<f32> {
  let inner = 0.7978845608028654 * x * (1.0 + 0.044715 * x * x);
  return 0.5 * x * (1.0 + tanh(clamp(inner, vec4(-15.0), vec4(15.0))));
}

@compute @workgroup_size(64)
fn main(@builtin(workgroup_id) group: vec3<u32>, @builtin(local_invocation_index) thread: u32) {
  let column = group.x * 64u + thread;
  if (column < shape.quads_per_row) {
    let at = group.y * shape.quads_per_row + column;
    let value = gate[at];
    if (shape.gelu == 1u) {
      gate[at] = gelu(value) * up[at];
    } else {
      gate[at] = silu(value) * up[at];
    }
  }
}
