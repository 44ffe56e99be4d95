// The recurrence of a gated delta net (https://arxiv.org/abs/2412.06464): a short convolution, then a memory that forgets,
// corrects itself and is read. One workgroup for one value head of one session, one thread for one column of its state,
// over all rows of the session in this step; and over those before them that a rewind has made necessary to take again,
// from a saved state on. In front come `const size` (of a head), `const kernel` (rows that the convolution sees),
// `const every` (rows between two saved states) and `const states` (of a session).
struct Shape {
  key_heads: u32,
  value_heads: u32,
  /// Of a row of channels, gates of the result, write strengths and decay rates.
  stride: u32,
  output_stride: u32,
  /// Rows of a session, and numbers of a row: the same without the gates.
  kept_rows: u32,
  kept_columns: u32,
  epsilon: f32,
}

@group(0) @binding(0) var<uniform> shape: Shape;
/// Six words a row: slot, position, its session's length behind this step, the session's next row; and for the first row of
/// a session in this step the state to begin with (`states` is none: zeros) and where that stands.
@group(0) @binding(1) var<storage, read> rows: array<u32>;
@group(0) @binding(2) var<storage, read> projected: array<f32>;
/// Kernels of the channels, then bias and scale of the value heads' decay.
@group(0) @binding(3) var<storage, read> vectors: array<f32>;
/// Slot, position modulo kept_rows, column. delta-finish.wgsl writes it.
@group(0) @binding(4) var<storage, read> kept: array<f32>;
/// Slot, state (0 is behind the last row, 1 and 2 are saved in turns), value head, key, value.
@group(0) @binding(5) var<storage, read_write> memory: array<f32>;
@group(0) @binding(6) var<storage, read_write> output: array<f32>;

const row_words = 6u;

/// Of two rows in turns, so that one barrier a row is enough.
var<workgroup> queries: array<f32, 2u * size>;
var<workgroup> keys: array<f32, 2u * size>;

@compute @workgroup_size(size)
fn main(@builtin(workgroup_id) group: vec3<u32>, @builtin(local_invocation_index) thread: u32) {
  let head = group.x;
  var row = group.y;
  let slot = rows[row * row_words];
  let fresh = rows[row * row_words + 1u];
  let end = rows[row * row_words + 2u];
  let start = rows[row * row_words + 4u];
  let begin = rows[row * row_words + 5u];
  if (start > states) {
    return;
  }

  let pitch = shape.value_heads * size * size;
  let first = slot * states * pitch + head * size * size + thread;
  var state: array<f32, size>;
  if (start < states) {
    for (var i = 0u; i < size; i++) {
      state[i] = memory[first + start * pitch + i * size];
    }
  }

  let channels = (2u * shape.key_heads + shape.value_heads) * size;
  let query = head % shape.key_heads * size + thread;
  let own = vec3(query, shape.key_heads * size + query, (2u * shape.key_heads + head) * size + thread);
  let first_kept = slot * shape.kept_rows;
  var recent: array<vec3<f32>, kernel>;
  for (var tap = 1u; tap < kernel; tap++) {
    if (begin + tap >= kernel) {
      let at = (first_kept + (begin + tap - kernel) % shape.kept_rows) * shape.kept_columns;
      recent[tap] = vec3(kept[at + own.x], kept[at + own.y], kept[at + own.z]);
    }
  }

  for (var position = begin; position < end; position++) {
    // The row before this one leaves.
    for (var tap = 1u; tap < kernel; tap++) {
      recent[tap - 1u] = recent[tap];
    }
    var strength: f32;
    var rate: f32;
    if (position < fresh) {
      let at = (first_kept + position % shape.kept_rows) * shape.kept_columns;
      recent[kernel - 1u] = vec3(kept[at + own.x], kept[at + own.y], kept[at + own.z]);
      strength = kept[at + channels + head];
      rate = kept[at + channels + shape.value_heads + head];
    } else {
      let at = row * shape.stride;
      recent[kernel - 1u] = vec3(projected[at + own.x], projected[at + own.y], projected[at + own.z]);
      let own_rates = at + channels + shape.value_heads * size + head;
      strength = projected[own_rates];
      rate = projected[own_rates + shape.value_heads];
    }

    var mixed = vec3<f32>();
    for (var tap = 0u; tap < kernel; tap++) {
      let at = own * kernel + tap;
      mixed += recent[tap] * vec3(vectors[at.x], vectors[at.y], vectors[at.z]);
    }
    // The clamps keep exp from overflowing on drivers with relaxed math.
    mixed /= 1.0 + exp(min(-mixed, vec3(80.0)));
    let side = position % 2u * size;
    queries[side + thread] = mixed.x;
    keys[side + thread] = mixed.y;
    workgroupBarrier();

    strength = 1.0 / (1.0 + exp(min(-strength, 80.0)));
    rate += vectors[channels * kernel + head];
    // Straight from 20 on, as in ggml.
    let softplus = select(log(1.0 + exp(min(rate, 20.0))), rate, rate > 20.0);
    let decay = exp(max(vectors[channels * kernel + shape.value_heads + head] * softplus, -80.0));
    var held = 0.0;
    var squares = vec2<f32>();
    for (var i = 0u; i < size; i++) {
      let pair = vec2(keys[side + i], queries[side + i]);
      state[i] *= decay;
      held += pair.x * state[i];
      squares += pair * pair;
    }
    // Keys and queries are of length 1, so what they meet is divided by their length.
    let unit = 1.0 / max(sqrt(squares), vec2(shape.epsilon));
    // What the key should give, less what it gives.
    let change = strength * (mixed.z - held * unit.x) * unit.x;
    var read = 0.0;
    for (var i = 0u; i < size; i++) {
      state[i] += keys[side + i] * change;
      read += queries[side + i] * state[i];
    }
    if (position >= fresh) {
      output[row * shape.output_stride + head * size + thread] = read * unit.y / sqrt(f32(size));
      row = rows[row * row_words + 3u];
    }

    let length = position + 1u;
    let saves = length % every == 0u && length + 2u * every > end;
    if (saves || length == end) {
      let to = first + select(0u, 1u + length / every % 2u, saves) * pitch;
      for (var i = 0u; i < size; i++) {
        memory[to + i * size] = state[i];
      }
    }
  }
}
