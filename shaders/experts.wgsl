// Rows of activations through the experts that were chosen for them: only those are read. In front of experts-gate.wgsl or
// experts-down.wgsl; engine/webgpu/expert-source.ts puts constants and one decode-TYPE.wgsl per matrix in front of both.
struct Shape {
  /// Columns / 32, rounded up, as in projection.wgsl.
  runs: u32,
  output_stride: u32,
  /// 1 adds to what the output holds, 0 overwrites it.
  add_output: u32,
  /// Experts a row.
  used: u32,
  /// Experts [begin, end) are in the buffers of this dispatch.
  begin: u32,
  end: u32,
  /// Columns in numbers, without the padding.
  width: f32,
  epsilon: f32,
  /// Of each matrix: rows of an expert, first expert in the buffer, nothing, quad where scales begin.
  slots: array<vec4<u32>, 2>,
}

@group(0) @binding(0) var<uniform> shape: Shape;
@group(0) @binding(1) var<storage, read> input: array<vec4<f32>>;
/// Weights of the norm, where there is one.
@group(0) @binding(2) var<storage, read> vectors: array<vec4<f32>>;
@group(0) @binding(3) var<storage, read_write> output: array<f32>;
/// (expert, bits of its weight), `used` of them a row.
@group(0) @binding(4) var<storage, read> chosen: array<vec2<u32>>;

const threads = 64u;
const teams = threads / lanes;

var<workgroup> partial: array<vec2<f32>, threads>;
var<workgroup> partial_squares: array<f32, threads>;

fn is_here(expert: u32) -> bool {
  return shape.begin <= expert && expert < shape.end;
}

/// Row of the weights' buffer; past the end of the expert it is its last row, whose result nobody takes.
fn weight_row(slot: u32, expert: u32, row: u32) -> u32 {
  let rows = shape.slots[slot].x;
  return (expert - shape.slots[slot].y) * rows + min(row, rows - 1u);
}
