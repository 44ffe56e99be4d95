// Packed rows of a tied output matrix for the tokens that top-candidates.wgsl found best, as engine/webgpu/pack.ts lays them
// out: quants, then scales. One workgroup for one candidate of one row; it does nothing where the token's row is in another
// part of the matrix.
struct Shape {
  /// Tokens [first, first + count) have their rows in `weights`.
  first: u32,
  count: u32,
  /// Where the candidates begin in `results`, and from one row of them to the next.
  candidates: u32,
  results_stride: u32,
  /// Of a row of weights, in words.
  quants: u32,
  /// Word where the plane of scales begins.
  scales: u32,
  /// Blocks of a row of weights; the scales of two stand together in so many words.
  blocks: u32,
  pair_words: u32,
  /// Of a row in `output`.
  output_words: u32,
}

@group(0) @binding(0) var<uniform> shape: Shape;
/// Candidates are (bits of the logit, token).
@group(0) @binding(1) var<storage, read> results: array<vec2<u32>>;
@group(0) @binding(2) var<storage, read> weights: array<u32>;
@group(0) @binding(3) var<storage, read_write> output: array<u32>;

const threads = 64u;

@compute @workgroup_size(threads)
fn main(
  @builtin(workgroup_id) group: vec3<u32>,
  @builtin(num_workgroups) groups: vec3<u32>,
  @builtin(local_invocation_index) thread: u32,
) {
  let token = results[group.y * shape.results_stride + shape.candidates + group.x].y;
  let row = token - shape.first;
  if (token < shape.first || row >= shape.count) {
    return;
  }
  let to = (group.y * groups.x + group.x) * shape.output_words;
  for (var i = thread; i < shape.quants; i += threads) {
    output[to + i] = weights[row * shape.quants + i];
  }
  let first_pair = row * shape.blocks / 2u;
  let scales = (((row + 1u) * shape.blocks + 1u) / 2u - first_pair) * shape.pair_words;
  for (var i = thread; i < scales; i += threads) {
    output[to + shape.quants + i] = weights[shape.scales + first_pair * shape.pair_words + i];
  }
}
