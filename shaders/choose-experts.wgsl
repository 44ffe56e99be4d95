// The `used` experts that a row likes best, each with its weight: softmax over all and then over the chosen ones is softmax
// over those alone. Each thread counts for some experts how many are liked more; the lower one comes first where two are
// liked alike. One workgroup a row.
struct Shape {
  count: u32,
  used: u32,
  /// Of a row in `liking`.
  stride: u32,
}

@group(0) @binding(0) var<uniform> shape: Shape;
@group(0) @binding(1) var<storage, read> liking: array<f32>;
/// (expert, bits of its weight), `used` of them a row.
@group(0) @binding(2) var<storage, read_write> chosen: array<vec2<u32>>;

/// Also the most experts of a row.
const threads = 64u;
var<workgroup> best: array<f32, threads>;

@compute @workgroup_size(threads)
fn main(@builtin(workgroup_id) group: vec3<u32>, @builtin(local_invocation_index) thread: u32) {
  let first = group.y * shape.stride;
  let choice = group.y * shape.used;
  for (var expert = thread; expert < shape.count; expert += threads) {
    let own = liking[first + expert];
    var before = 0u;
    for (var other = 0u; other < shape.count; other++) {
      let score = liking[first + other];
      before += select(0u, 1u, score > own || (score == own && other < expert));
    }
    if (before < shape.used) {
      chosen[choice + before].x = expert;
      best[before] = own;
    }
  }
  workgroupBarrier();
  var total = 0.0;
  for (var i = 0u; i < shape.used; i++) {
    total += exp(max(best[i] - best[0], -80.0));
  }
  if (thread < shape.used) {
    chosen[choice + thread].y = bitcast<u32>(exp(max(best[thread] - best[0], -80.0)) / total);
  }
}
