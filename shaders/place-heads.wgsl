// Norm and rotary embedding of every query head (in place) and key head (into the cache), values into the cache.
// One workgroup for one head of one row: query heads first, then key heads, then value heads.
struct Shape {
  heads: u32,
  kv_heads: u32,
  key_size: u32,
  value_size: u32,
  /// Of a row of queries, keys and values.
  stride: u32,
  /// From one query to the next: there may be a gate behind each.
  query_pitch: u32,
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
/// Two f16 a word. Page, head, quad of the head, 64 positions, 2 words: neighbouring threads of attention own
/// neighbouring positions.
@group(0) @binding(5) var<storage, read_write> key_cache: array<u32>;
/// Two f16 a word. Page, head, 64 positions, value_size / 2 words.
@group(0) @binding(6) var<storage, read_write> value_cache: array<u32>;

const threads = 64u;
const page = 64u;
var<workgroup> partial: array<f32, threads>;
/// Of one query or key.
var<workgroup> numbers: array<f32, 256>;

/// To the nearest, by hand, because Direct3D converts towards zero. Beyond 65504 there is no f16, and pack2x16float may
/// make anything of it: clamped, an outlier stays the largest, where an infinity would make its row NaN.
fn halves(x: vec2<f32>) -> u32 {
  let bits = bitcast<vec2<u32>>(clamp(x, vec2(-65504.0), vec2(65504.0)));
  let odd = (bits >> vec2(13u)) & vec2(1u);
  return pack2x16float(bitcast<vec2<f32>>((bits + vec2(0xfffu) + odd) & vec2(0xffffe000u)));
}

/// Number `d` of the head, turned together with its partner.
fn turned(d: u32, row: u32) -> f32 {
  if (d >= shape.rotated) {
    return numbers[d];
  }
  let half = shape.rotated / 2u;
  var pair = d % half;
  var second = d >= half;
  var partner = select(d + half, d - half, second);
  if (shape.interleaved == 1u) {
    pair = d / 2u;
    second = d % 2u == 1u;
    partner = d ^ 1u;
  }
  let turn = rotations[shape.first_rotation + row * half + pair];
  return numbers[d] * turn.x + select(-numbers[partner], numbers[partner], second) * turn.y;
}

@compute @workgroup_size(threads)
fn main(@builtin(workgroup_id) group: vec3<u32>, @builtin(local_invocation_index) thread: u32) {
  let row = group.y;
  let cell = step[row * 4u + 1u];
  let cell_page = cell / page;
  let place = cell % page;

  if (group.x >= shape.heads + shape.kv_heads) {
    let head = group.x - shape.heads - shape.kv_heads;
    let keys_end = shape.heads * shape.query_pitch + shape.kv_heads * shape.key_size;
    let input = row * shape.stride + keys_end + head * shape.value_size;
    let words = shape.value_size / 2u;
    let output = ((cell_page * shape.kv_heads + head) * page + place) * words;
    for (var word = thread; word < words; word += threads) {
      value_cache[output + word] = halves(vec2(projected[input + 2u * word], projected[input + 2u * word + 1u]));
    }
    return;
  }

  let is_query = group.x < shape.heads;
  let head = select(group.x - shape.heads, group.x, is_query);
  let keys = shape.heads * shape.query_pitch;
  let first = row * shape.stride + select(keys + head * shape.key_size, head * shape.query_pitch, is_query);
  var squares = 0.0;
  for (var d = thread; d < shape.key_size; d += threads) {
    let value = projected[first + d];
    squares += value * value;
    numbers[d] = value;
  }
  partial[thread] = squares;
  workgroupBarrier();

  if (shape.norm == 1u) {
    var total = 0.0;
    for (var i = 0u; i < threads; i++) {
      total += partial[i];
    }
    let factor = 1.0 / sqrt(total / f32(shape.key_size) + shape.epsilon);
    let first_norm = select(shape.key_size, 0u, is_query);
    for (var d = thread; d < shape.key_size; d += threads) {
      numbers[d] *= factor * norms[first_norm + d];
    }
    workgroupBarrier();
  }

  let cache = (cell_page * shape.kv_heads + head) * page * (shape.key_size / 2u) + place * 2u;
  for (var word = thread; word < shape.key_size / 2u; word += threads) {
    let pair = vec2(turned(2u * word, row), turned(2u * word + 1u, row));
    if (is_query) {
      projected[first + 2u * word] = pair.x;
      projected[first + 2u * word + 1u] = pair.y;
    } else {
      key_cache[cache + (word / 2u) * page * 2u + word % 2u] = halves(pair);
    }
  }
}
