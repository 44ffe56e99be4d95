// Causal attention of each query head over the cached keys and values of its session, with a running softmax
// (https://arxiv.org/abs/1805.02867) over pages of 64 positions. One workgroup for one head of one row.
struct Shape {
  heads_per_kv_head: u32,
  kv_heads: u32,
  key_quads: u32,
  value_size: u32,
  query_quads: u32,
  output_stride: u32,
  /// Positions that a row sees, itself included; 0 is all.
  window: u32,
  scale: f32,
}

@group(0) @binding(0) var<uniform> shape: Shape;
/// Four words a row: position, cell, where its session's page table begins in this buffer, nothing.
@group(0) @binding(1) var<storage, read> step: array<u32>;
@group(0) @binding(2) var<storage, read> queries: array<vec4<f32>>;
@group(0) @binding(3) var<storage, read> key_cache: array<vec4<f32>>;
@group(0) @binding(4) var<storage, read> value_cache: array<f32>;
@group(0) @binding(5) var<storage, read_write> output: array<f32>;

/// Also positions a page.
const threads = 64u;
/// Heads of up to 4 * 64 numbers.
const parts = 4u;
const lowest = -3.0e38;

var<workgroup> query: array<vec4<f32>, threads>;
var<workgroup> scores: array<f32, threads>;
var<workgroup> weights: array<f32, threads>;

@compute @workgroup_size(threads)
fn main(@builtin(workgroup_id) group: vec3<u32>, @builtin(local_invocation_index) thread: u32) {
  let head = group.x;
  let row = group.y;
  let position = step[row * 4u];
  let table = step[row * 4u + 2u];
  let kv_head = head / shape.heads_per_kv_head;
  if (thread < shape.key_quads) {
    query[thread] = queries[row * shape.query_quads + head * shape.key_quads + thread] * shape.scale;
  }
  workgroupBarrier();

  var first = 0u;
  if (shape.window > 0u && position >= shape.window) {
    first = position - shape.window + 1u;
  }
  var sums: array<f32, parts>;
  var highest = lowest;
  var total = 0.0;
  for (var page = first / threads; page <= position / threads; page++) {
    let cache = step[table + page] * shape.kv_heads + kv_head;
    let seen = page * threads + thread;
    let visible = seen >= first && seen <= position;
    var score = lowest;
    if (visible) {
      score = 0.0;
      for (var i = 0u; i < shape.key_quads; i++) {
        score += dot(query[i], key_cache[(cache * shape.key_quads + i) * threads + thread]);
      }
    }
    scores[thread] = score;
    workgroupBarrier();

    var page_highest = lowest;
    for (var i = 0u; i < threads; i++) {
      page_highest = max(page_highest, scores[i]);
    }
    let new_highest = max(highest, page_highest);
    let correction = exp(max(highest - new_highest, -80.0));
    weights[thread] = select(0.0, exp(max(score - new_highest, -80.0)), visible);
    workgroupBarrier();

    // Masked places have weight 0, but what lies in them was never written or belongs to a rewound future.
    let begin = max(first, page * threads) - page * threads;
    let end = min(position - page * threads + 1u, threads);
    total *= correction;
    for (var part = 0u; part < parts; part++) {
      sums[part] *= correction;
    }
    for (var i = begin; i < end; i++) {
      let weight = weights[i];
      total += weight;
      let at = (cache * threads + i) * shape.value_size;
      for (var part = 0u; part < parts; part++) {
        let d = part * threads + thread;
        if (d < shape.value_size) {
          sums[part] += weight * value_cache[at + d];
        }
      }
    }
    highest = new_highest;
  }

  for (var part = 0u; part < parts; part++) {
    let d = part * threads + thread;
    if (d < shape.value_size) {
      output[row * shape.output_stride + head * shape.value_size + d] = sums[part] / total;
    }
  }
}
