// Norm and rotary embedding of every query head (in place) and key head (into the cache), values into the cache.
// One workgroup for one head of one row: query heads first, then key heads, then value heads.
struct Shape {
  heads: u32,
  kv_heads: u32,
  key_size: u32,
  value_size: u32,
  /// Of a row of queries, keys and values.
  stride: u32,
  /// Numbers of a head that are rotated; the rest passes through.
  rotated: u32,
  /// 1 pairs (2i, 2i + 1), 0 pairs (i, i + rotated / 2).
  interleaved: u32,
  /// 1 divides each query and key head by its root mean square and multiplies by `norms`.
  norm: u32,
  epsilon: f32,
  /// First (cosine, sine) of this layer's kind in `rotations`.
  first_rotation: u32,
}

@group(0) @binding(0) var<uniform> shape: Shape;
/// Four words a row: position, cell (page * 64 + place in the page), page table, nothing.
@group(0) @binding(1) var<storage, read> step: array<u32>;
/// Cosine and sine per row and pair, computed in f64 on the CPU: WGSL's own may be off by 2^-11, and more past pi.
@group(0) @binding(2) var<storage, read> rotations: array<vec2<f32>>;
/// Of queries, then of keys.
@group(0) @binding(3) var<storage, read> norms: array<f32>;
/// Queries, keys and values of a row, one behind the other.
@group(0) @binding(4) var<storage, read_write> projected: array<f32>;
/// Page, head, quad of the head, 64 positions, 4 numbers: neighbouring threads of attention own neighbouring positions.
@group(0) @binding(5) var<storage, read_write> key_cache: array<f32>;
/// Page, head, 64 positions, value_size numbers.
@group(0) @binding(6) var<storage, read_write> value_cache: array<f32>;

const threads = 64u;
const page = 64u;
var<workgroup> partial: array<f32, threads>;

@compute @workgroup_size(threads)
fn main(@builtin(workgroup_id) group: vec3<u32>, @builtin(local_invocation_index) thread: u32) {
  let row = group.y;
  let cell = step[row * 4u + 1u];
  let cell_page = cell / page;
  let place = cell % page;

  if (group.x >= shape.heads + shape.kv_heads) {
    let head = group.x - shape.heads - shape.kv_heads;
    let keys_end = (shape.heads + shape.kv_heads) * shape.key_size;
    let input = row * shape.stride + keys_end + head * shape.value_size;
    let output = ((cell_page * shape.kv_heads + head) * page + place) * shape.value_size;
    for (var d = thread; d < shape.value_size; d += threads) {
      value_cache[output + d] = projected[input + d];
    }
    return;
  }

  let is_query = group.x < shape.heads;
  let head = select(group.x - shape.heads, group.x, is_query);
  let first = row * shape.stride + group.x * shape.key_size;
  let cache = (cell_page * shape.kv_heads + head) * page * shape.key_size + place * 4u;
  let first_norm = select(shape.key_size, 0u, is_query);

  var factor = 1.0;
  if (shape.norm == 1u) {
    var squares = 0.0;
    for (var d = thread; d < shape.key_size; d += threads) {
      let value = projected[first + d];
      squares += value * value;
    }
    partial[thread] = squares;
    workgroupBarrier();
    var total = 0.0;
    for (var i = 0u; i < threads; i++) {
      total += partial[i];
    }
    factor = 1.0 / sqrt(total / f32(shape.key_size) + shape.epsilon);
  }

  let half = shape.rotated / 2u;
  let pairs = half + (shape.key_size - shape.rotated + 1u) / 2u;
  for (var i = thread; i < pairs; i += threads) {
    var a = select(i, 2u * i, shape.interleaved == 1u);
    var b = select(i + half, 2u * i + 1u, shape.interleaved == 1u);
    var turn = vec2(1.0, 0.0);
    if (i < half) {
      turn = rotations[shape.first_rotation + row * half + i];
    } else {
      a = 2u * i;
      b = a + 1u;
    }
    var x = projected[first + a] * factor;
    var y = projected[first + b] * factor;
    if (shape.norm == 1u) {
      x *= norms[first_norm + a];
      y *= norms[first_norm + b];
    }
    let rotated = vec2(x * turn.x - y * turn.y, x * turn.y + y * turn.x);
    if (is_query) {
      projected[first + a] = rotated.x;
      projected[first + b] = rotated.y;
    } else {
      key_cache[cache + (a / 4u) * page * 4u + a % 4u] = rotated.x;
      key_cache[cache + (b / 4u) * page * 4u + b % 4u] = rotated.y;
    }
  }
}
