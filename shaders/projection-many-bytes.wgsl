// As projection-many.wgsl, a run at a time, but in integers: four products are one instruction. A weight is
// scale * q + minimum (`affine` of decode-*.wgsl), and an activation unit * x, where x is 254 * `whole` + `rest`, two
// signed bytes: one alone, as llama.cpp rounds activations, puts logits up to 0.66 off (tests/fixtures/README.md); with
// both the goldens of f32 hold. So their product is unit * (scale * q * x + minimum * x).
const side = 32u;
/// Words of a row and one more, so that rows a thread apart lie in different banks.
const pitch = 9u;
const rows_per_group = select(side, side / 2u, gated);

var<workgroup> weight_tile: array<u32, side * pitch>;
var<workgroup> wholes: array<u32, side * pitch>;
var<workgroup> rests: array<u32, side * pitch>;
/// Of each half run: scale and minimum.
var<workgroup> weight_scales: array<vec2<f32>, side * 2u>;
/// Of each half run: what one unit is, and the sum of all.
var<workgroup> input_scales: array<vec2<f32>, side * 2u>;
var<workgroup> partial_squares: array<f32, side * 2u>;

/// Half a run of an activation row; answers the sum of its squares.
fn fill_input(row: u32, thread: u32, run: u32, half: u32) -> f32 {
  var x: array<vec4<f32>, 4>;
  var squares = 0.0;
  var highest = vec4<f32>();
  for (var i = 0u; i < 4u; i++) {
    let column = run * 8u + half * 4u + i;
    x[i] = input[row * shape.runs * 8u + column];
    if (normed) {
      squares += dot(x[i], x[i]);
      x[i] *= vectors[column];
    }
    highest = max(highest, abs(x[i]));
  }
  let most = max(max(highest.x, highest.y), max(highest.z, highest.w));
  let factor = select(0.0, 127.0 / most, most > 0.0);
  var sum = 0;
  for (var i = 0u; i < 4u; i++) {
    let scaled = x[i] * factor;
    let whole = pack4xI8(vec4<i32>(round(scaled)));
    let rest = pack4xI8(vec4<i32>(round((scaled - round(scaled)) * 254.0)));
    sum += 254 * dot4I8Packed(whole, 0x01010101u) + dot4I8Packed(rest, 0x01010101u);
    let at = thread / 2u * pitch + half * 4u + i;
    wholes[at] = whole;
    rests[at] = rest;
  }
  let unit = most / (127.0 * 254.0);
  input_scales[thread] = vec2(unit, unit * f32(sum));
  return squares;
}

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
  let input_row = from_row(thread / 2u);
  let across = thread % 8u;
  let down = thread / 8u;
  // [m] of weight rows across + 0, 8, 16, 24 and activation row down + 8 m.
  var sums: array<vec4<f32>, 4>;
  var squares = 0.0;

  for (var run = 0u; run < shape.runs; run++) {
    workgroupBarrier();
    fill(place.y, place.x, thread, run, thread % 2u);
    squares += fill_input(input_row, thread, run, thread % 2u);
    workgroupBarrier();
    for (var half = 0u; half < 2u; half++) {
      for (var n = 0u; n < 4u; n++) {
        let weight_row = across + 8u * n;
        let w = weight_row * pitch + half * 4u;
        let scale = weight_scales[weight_row * 2u + half];
        for (var m = 0u; m < 4u; m++) {
          let input_row = down + 8u * m;
          let x = input_row * pitch + half * 4u;
          var whole = 0;
          var rest = 0;
          for (var i = 0u; i < 4u; i++) {
            whole += dot4I8Packed(weight_tile[w + i], wholes[x + i]);
            rest += dot4I8Packed(weight_tile[w + i], rests[x + i]);
          }
          let unit = input_scales[input_row * 2u + half];
          sums[m][n] += dot(scale, vec2(unit.x * f32(254 * whole + rest), unit.y));
        }
      }
    }
  }

  partial_squares[thread] = squares;
  workgroupBarrier();
  for (var m = 0u; m < 4u; m++) {
    let row = down + 8u * m;
    let factor = select(1.0, normalizer(partial_squares[row * 2u] + partial_squares[row * 2u + 1u]), normed);
    if (is_row(row)) {
      store_tile(to_row(row), place, across, sums[m] * factor);
    }
  }
}
