// Rows of activations times matrices that stay quantized, with what stands around it: the norm in front, bias or
// residual or gated activation behind. In front of one of projection-few.wgsl and projection-many.wgsl; engine/webgpu/
// projection-source.ts puts constants and one decode-TYPE.wgsl per matrix in front of both.
struct Shape {
  /// Columns / 32, rounded up; rows of weights and of activations are padded to it with zeros.
  runs: u32,
  output_stride: u32,
  /// 1 adds to what the output holds (a residual), 0 overwrites it.
  add_output: u32,
  /// 1 adds bias, which begins at quad `bias` of `vectors`.
  add_bias: u32,
  bias: u32,
  /// Columns in numbers, without the padding.
  width: f32,
  epsilon: f32,
  unused: u32,
  /// Of each matrix: rows to take, the first of them in the buffer, output column of that one, quad where scales begin.
  slots: array<vec4<u32>, 3>,
}

@group(0) @binding(0) var<uniform> shape: Shape;
@group(0) @binding(1) var<storage, read> input: array<vec4<f32>>;
/// Weights of the norm, where there is one, then the bias.
@group(0) @binding(2) var<storage, read> vectors: array<vec4<f32>>;
@group(0) @binding(3) var<storage, read_write> output: array<f32>;

const threads = 64u;

/// Row and matrix of a workgroup: matrices follow each other, each with whole workgroups.
fn place_of(index: u32, rows_per_group: u32) -> vec2<u32> {
  var group = index;
  var slot = 0u;
  for (; !gated && slot + 1u < slots; slot++) {
    let groups = (shape.slots[slot].x + rows_per_group - 1u) / rows_per_group;
    if (group < groups) {
      break;
    }
    group -= groups;
  }
  return vec2(group * rows_per_group, slot);
}

fn normalizer(squares: f32) -> f32 {
  return 1.0 / sqrt(squares / shape.width + shape.epsilon);
}

fn store(m: u32, slot: u32, row: u32, sum: f32) {
  if (row >= shape.slots[slot].x) {
    return;
  }
  let column = shape.slots[slot].z + row;
  let at = m * shape.output_stride + column;
  var value = sum;
  if (shape.add_bias == 1u) {
    value += vectors[shape.bias + (column >> 2u)][column & 3u];
  }
  if (shape.add_output == 1u) {
    value += output[at];
  }
  output[at] = value;
}

/// Weight rows `across` + 0, 8, 16, 24 of a tile at `place`; gated: two of gate and two of up.
fn store_tile(m: u32, place: vec2<u32>, across: u32, sum: vec4<f32>) {
  let row = place.x + across;
  if (gated) {
    store(m, 0u, row, activation(sum.x) * sum.z);
    store(m, 0u, row + 8u, activation(sum.y) * sum.w);
  } else {
    store(m, place.y, row, sum.x);
    store(m, place.y, row + 8u, sum.y);
    store(m, place.y, row + 16u, sum.z);
    store(m, place.y, row + 24u, sum.w);
  }
}
