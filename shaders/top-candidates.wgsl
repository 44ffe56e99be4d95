// The 64 highest of up to 512 numbers and the mass of all, block by block, until one block is left: each thread counts
// for eight numbers how many come before them, which needs no sorting network and few barriers. Equal numbers stay in
// their order, so the lowest token comes first. `const first_level` comes in front: logits in, or what this kernel
// gave before.
struct Shape {
  /// Numbers in: logits, or candidates in blocks of 64.
  count: u32,
  /// Where candidates and block records of the level before begin, in `results`; and those of this one.
  candidates_in: u32,
  blocks_in: u32,
  candidates_out: u32,
  blocks_out: u32,
  /// From one row to the next: in `logits`, and in `results`.
  logits_stride: u32,
  results_stride: u32,
}

@group(0) @binding(0) var<uniform> shape: Shape;
@group(0) @binding(1) var<storage, read> logits: array<f32>;
/// Candidates are (bits of the logit, token); a block's record (bits of its highest, bits of the sum over its logits
/// of exp(logit - highest), how many of them are NaN or infinity, nothing) takes two.
@group(0) @binding(2) var<storage, read_write> results: array<vec2<u32>>;

const threads = 64u;
const kept = 64u;
const chunk = 512u;
const each = 8u;
const lowest = -3.0e38;
/// Bits of -infinity, which also fills up a last block.
const masked = 0xff800000u;

var<workgroup> keys: array<u32, chunk>;
var<workgroup> masses: array<f32, threads>;
var<workgroup> faults: array<u32, threads>;

/// Unsigned numbers in the order of the floats; -0 and 0 are equal.
fn key_of(bits: u32) -> u32 {
  if (bits == 0x80000000u) {
    return bits;
  }
  return select(bits | 0x80000000u, ~bits, bits >> 31u == 1u);
}

fn bits_of(key: u32) -> u32 {
  return select(~key, key & 0x7fffffffu, key >> 31u == 1u);
}

@compute @workgroup_size(threads)
fn main(@builtin(workgroup_id) group: vec3<u32>, @builtin(local_invocation_index) thread: u32) {
  let first = group.x * chunk;
  let logits_from = group.y * shape.logits_stride;
  let results_from = group.y * shape.results_stride;
  var fault = 0u;
  for (var i = thread; i < chunk; i += threads) {
    var bits = masked;
    if (first + i < shape.count) {
      if (first_level) {
        bits = bitcast<u32>(logits[logits_from + first + i]);
        // By its bits, because a compiler may take x != x for false.
        if ((bits & 0x7f800000u) == 0x7f800000u && bits != masked) {
          fault++;
          bits = masked;
        }
      } else {
        bits = results[results_from + shape.candidates_in + first + i].x;
      }
    }
    keys[i] = key_of(bits);
  }
  faults[thread] = fault;
  workgroupBarrier();

  var before: array<u32, each>;
  var highest = key_of(masked);
  for (var other = 0u; other < chunk; other++) {
    let key = keys[other];
    highest = max(highest, key);
    for (var i = 0u; i < each; i++) {
      let own = thread + i * threads;
      before[i] += select(0u, 1u, key > keys[own] || (key == keys[own] && other < own));
    }
  }
  let highest_logit = bitcast<f32>(bits_of(max(highest, key_of(masked) + 1u)));
  var mass = 0.0;
  for (var i = 0u; i < each; i++) {
    let own = thread + i * threads;
    if (before[i] < kept) {
      var token = first + own;
      if (!first_level) {
        token = results[results_from + shape.candidates_in + first + own].y;
      }
      results[results_from + shape.candidates_out + group.x * kept + before[i]] = vec2(bits_of(keys[own]), token);
    }
    if (first_level && keys[own] > key_of(masked)) {
      mass += exp(max(bitcast<f32>(bits_of(keys[own])) - highest_logit, -80.0));
    }
  }
  if (!first_level && thread < chunk / kept && first + thread * kept < shape.count) {
    let block = results_from + shape.blocks_in + (first / kept + thread) * 2u;
    let record = results[block];
    mass = bitcast<f32>(record.y) * exp(max(bitcast<f32>(record.x) - highest_logit, -80.0));
    faults[thread] = results[block + 1u].x;
  }
  masses[thread] = mass;
  workgroupBarrier();
  if (thread == 0u) {
    var total = 0.0;
    var bad = 0u;
    for (var i = 0u; i < threads; i++) {
      total += masses[i];
      bad += faults[i];
    }
    let block = results_from + shape.blocks_out + group.x * 2u;
    results[block] = vec2(bitcast<u32>(highest_logit), bitcast<u32>(total));
    results[block + 1u] = vec2(bad, 0u);
  }
}
