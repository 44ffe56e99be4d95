// For 32 activation rows times 32 weight rows (gated: 16 of gate and 16 of up), 4 x 4 results a thread, 16 columns at a
// time through workgroup memory: each weight is decoded once for 32 activation rows.
const side = 32u;
/// Quads of a row and one more, so that rows a thread apart lie in different banks.
const pitch = 5u;
const rows_per_group = select(side, side / 2u, gated);

/// `Kept` is vec4<f32> or vec4<f16>.
var<workgroup> weight_tile: array<Kept, side * pitch>;
var<workgroup> input_tile: array<Kept, side * pitch>;
var<workgroup> partial_squares: array<f32, side * 4u>;

@compute @workgroup_size(threads)
fn main(
  @builtin(workgroup_id) group: vec3<u32>,
  @builtin(num_workgroups) groups: vec3<u32>,
  @builtin(local_invocation_index) thread: u32,
) {
  let place = place_of(group.y * groups.x + group.x, rows_per_group);
  if (!take(group.z)) {
    return;
  }
  let input_rows = vec2(from_row(thread / 4u), from_row(thread / 4u + 16u)) * shape.runs * 8u;
  let across = thread % 8u;
  let down = thread / 8u;
  // [m] of weight rows across + 0, 8, 16, 24 and activation row down + 8 m.
  var sums: array<vec4<f32>, 4>;
  var squares: vec2<f32>;

  for (var step = 0u; step < shape.runs * 2u; step++) {
    let run = step >> 1u;
    let half = (step & 1u) * 4u;
    workgroupBarrier();
    fill(place.y, place.x, thread, run, half);
    for (var j = 0u; j < 2u; j++) {
      let m = thread / 4u + 16u * j;
      let column = run * 8u + half + thread % 4u;
      let x = input[input_rows[j] + column];
      if (normed) {
        squares[j] += dot(x, x);
        input_tile[m * pitch + thread % 4u] = keep(x * vectors[column]);
      } else {
        input_tile[m * pitch + thread % 4u] = keep(x);
      }
    }
    workgroupBarrier();
    for (var k = 0u; k < 4u; k++) {
      let w = mat4x4(
        vec4<f32>(weight_tile[across * pitch + k]),
        vec4<f32>(weight_tile[(across + 8u) * pitch + k]),
        vec4<f32>(weight_tile[(across + 16u) * pitch + k]),
        vec4<f32>(weight_tile[(across + 24u) * pitch + k]),
      );
      for (var m = 0u; m < 4u; m++) {
        sums[m] += vec4<f32>(input_tile[(down + 8u * m) * pitch + k]) * w;
      }
    }
  }

  if (normed) {
    for (var j = 0u; j < 2u; j++) {
      partial_squares[(thread / 4u + 16u * j) * 4u + thread % 4u] = squares[j];
    }
    workgroupBarrier();
  }
  for (var m = 0u; m < 4u; m++) {
    let input_row = down + 8u * m;
    var factor = 1.0;
    if (normed) {
      let at = input_row * 4u;
      factor = normalizer(
        partial_squares[at] + partial_squares[at + 1u] + partial_squares[at + 2u] + partial_squares[at + 3u],
      );
    }
    if (is_row(input_row)) {
      store_tile(to_row(input_row), place, across, sums[m] * factor);
    }
  }
}
