// Causal attention of query heads over the cached keys and values of their session, with a running softmax
// (https://arxiv.org/abs/1805.02867) over pages of 64 positions. One workgroup for `heads` query heads, which share a
// key head and so each read of it, of one row, over a share of the pages: there are as many shares as workgroups along
// z, and where that is more than one, attention-merge.wgsl joins them (https://arxiv.org/abs/2311.01282). In front
// come `const heads`, `const key_quads`, `const value_size`, and `const gated`: then each query is followed by a gate of
// its size.
struct Shape {
  /// Workgroups per key head.
  groups_per_kv_head: u32,
  kv_heads: u32,
  query_stride: u32,
  output_stride: u32,
  /// Positions that a row sees, itself included; 0 is all.
  window: u32,
  scale: f32,
}

@group(0) @binding(0) var<uniform> shape: Shape;
/// Four words a row: position, cell, where its session's page table begins in this buffer, nothing.
@group(0) @binding(1) var<storage, read> step: array<u32>;
/// A row begins with its queries.
@group(0) @binding(2) var<storage, read> queries: array<vec4<f32>>;
/// Of f16, as place-heads.wgsl writes them.
@group(0) @binding(3) var<storage, read> key_cache: array<vec2<u32>>;
@group(0) @binding(4) var<storage, read> value_cache: array<u32>;
@group(0) @binding(5) var<storage, read_write> output: array<f32>;
/// Per row, head and share: highest score, sum of weights, and `value_size` weighted sums.
@group(0) @binding(6) var<storage, read_write> shares: array<f32>;

/// Also positions a page.
const threads = 64u;
const value_words = value_size / 2u;
const parts = (value_words + threads - 1u) / threads;
const query_quads = select(key_quads, 2u * key_quads, gated);
const lowest = -3.0e38;

var<workgroup> query: array<vec4<f32>, heads * key_quads>;
var<workgroup> scores: array<f32, heads * threads>;
var<workgroup> weights: array<f32, heads * threads>;

/// What number `d` of a head's result is multiplied by. The clamp keeps exp from overflowing on relaxed drivers.
fn gate(row: u32, head: u32, d: u32) -> f32 {
  if (!gated) {
    return 1.0;
  }
  let at = row * shape.query_stride + (head * query_quads + key_quads) * 4u + d;
  return 1.0 / (1.0 + exp(min(-queries[at >> 2u][at & 3u], 80.0)));
}

@compute @workgroup_size(threads)
fn main(
  @builtin(workgroup_id) group: vec3<u32>,
  @builtin(num_workgroups) groups: vec3<u32>,
  @builtin(local_invocation_index) thread: u32,
) {
  let first_head = group.x * heads;
  let row = group.y;
  let position = step[row * 4u];
  let table = step[row * 4u + 2u];
  let kv_head = group.x / shape.groups_per_kv_head;
  for (var i = thread; i < heads * key_quads; i += threads) {
    let at = (first_head + i / key_quads) * query_quads + i % key_quads;
    query[i] = queries[row * shape.query_stride / 4u + at] * shape.scale;
  }
  workgroupBarrier();

  var first = 0u;
  if (shape.window > 0u && position >= shape.window) {
    first = position - shape.window + 1u;
  }
  let pages = position / threads - first / threads + 1u;
  let pages_per_share = (pages + groups.z - 1u) / groups.z;
  let page_begin = first / threads + group.z * pages_per_share;
  let page_end = min(page_begin + pages_per_share, position / threads + 1u);

  var sums: array<vec2<f32>, heads * parts>;
  var highest: array<f32, heads>;
  var total: array<f32, heads>;
  for (var head = 0u; head < heads; head++) {
    highest[head] = lowest;
  }
  for (var page = page_begin; page < page_end; page++) {
    let cache = step[table + page] * shape.kv_heads + kv_head;
    let seen = page * threads + thread;
    let visible = seen >= first && seen <= position;
    var score = array<f32, heads>();
    if (visible) {
      for (var i = 0u; i < key_quads; i++) {
        let words = key_cache[(cache * key_quads + i) * threads + thread];
        let key = vec4(unpack2x16float(words.x), unpack2x16float(words.y));
        for (var head = 0u; head < heads; head++) {
          score[head] += dot(query[head * key_quads + i], key);
        }
      }
    }
    for (var head = 0u; head < heads; head++) {
      scores[head * threads + thread] = select(lowest, score[head], visible);
    }
    workgroupBarrier();

    for (var head = 0u; head < heads; head++) {
      var new_highest = highest[head];
      for (var i = 0u; i < threads; i++) {
        new_highest = max(new_highest, scores[head * threads + i]);
      }
      let correction = exp(max(highest[head] - new_highest, -80.0));
      highest[head] = new_highest;
      total[head] *= correction;
      for (var part = 0u; part < parts; part++) {
        sums[head * parts + part] *= correction;
      }
      weights[head * threads + thread] = select(0.0, exp(max(score[head] - new_highest, -80.0)), visible);
    }
    workgroupBarrier();

    // Masked places have weight 0, but what lies in them was never written or belongs to a rewound future.
    let begin = max(first, page * threads) - page * threads;
    let end = min(position - page * threads + 1u, threads);
    for (var i = begin; i < end; i++) {
      let at = (cache * threads + i) * value_words;
      for (var head = 0u; head < heads; head++) {
        total[head] += weights[head * threads + i];
      }
      for (var part = 0u; part < parts; part++) {
        let word = part * threads + thread;
        if (word < value_words) {
          let value = unpack2x16float(value_cache[at + word]);
          for (var head = 0u; head < heads; head++) {
            sums[head * parts + part] += weights[head * threads + i] * value;
          }
        }
      }
    }
  }

  for (var head = 0u; head < heads; head++) {
    let number = first_head + head;
    let head_count = shape.kv_heads * shape.groups_per_kv_head * heads;
    let share = ((row * head_count + number) * groups.z + group.z) * (value_size + 2u);
    if (groups.z > 1u && thread == 0u) {
      shares[share] = highest[head];
      shares[share + 1u] = total[head];
    }
    for (var part = 0u; part < parts; part++) {
      let word = part * threads + thread;
      if (word < value_words) {
        let sum = sums[head * parts + part];
        if (groups.z > 1u) {
          shares[share + 2u + 2u * word] = sum.x;
          shares[share + 3u + 2u * word] = sum.y;
        } else {
          let at = row * shape.output_stride + number * value_size + 2u * word;
          output[at] = sum.x / total[head] * gate(row, number, 2u * word);
          output[at + 1u] = sum.y / total[head] * gate(row, number, 2u * word + 1u);
        }
      }
    }
  }
}
