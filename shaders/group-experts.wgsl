// Behind choose-experts.wgsl, for many rows: which choices fell on each expert, in tiles of up to 32, so that an expert's weights
// are decoded once for all rows of a tile. The order is that of the rows, whatever threads do. One workgroup works; as many are
// dispatched as there are rows, which is how it knows them. In front comes `const experts`.
struct Shape {
  used: u32,
  /// Tiles that have room in `grouped`.
  tiles: u32,
}

@group(0) @binding(0) var<uniform> shape: Shape;
/// (expert, bits of its weight), `used` of them a row.
@group(0) @binding(1) var<storage, read> chosen: array<vec2<u32>>;
/// Four words a tile: expert, first of its choices, how many (0 behind the last tile), nothing. Then the choices.
@group(0) @binding(2) var<storage, read_write> grouped: array<u32>;

const threads = 64u;
const side = 32u;
var<workgroup> counts: array<u32, experts>;
var<workgroup> firsts: array<u32, experts>;
var<workgroup> tiles: array<u32, experts>;
var<workgroup> all_tiles: u32;

@compute @workgroup_size(threads)
fn main(
  @builtin(workgroup_id) group: vec3<u32>,
  @builtin(num_workgroups) groups: vec3<u32>,
  @builtin(local_invocation_index) thread: u32,
) {
  if (group.y > 0u) {
    return;
  }
  let choices = groups.y * shape.used;
  for (var expert = thread; expert < experts; expert += threads) {
    var count = 0u;
    for (var i = 0u; i < choices; i++) {
      count += select(0u, 1u, chosen[i].x == expert);
    }
    counts[expert] = count;
  }
  workgroupBarrier();
  if (thread == 0u) {
    var choice = 0u;
    var tile = 0u;
    for (var expert = 0u; expert < experts; expert++) {
      firsts[expert] = choice;
      tiles[expert] = tile;
      choice += counts[expert];
      tile += (counts[expert] + side - 1u) / side;
    }
    all_tiles = tile;
  }
  workgroupBarrier();
  for (var expert = thread; expert < experts; expert += threads) {
    var place = 4u * shape.tiles + firsts[expert];
    for (var i = 0u; i < choices; i++) {
      if (chosen[i].x == expert) {
        grouped[place] = i;
        place++;
      }
    }
    for (var done = 0u; done < counts[expert]; done += side) {
      let tile = (tiles[expert] + done / side) * 4u;
      grouped[tile] = expert;
      grouped[tile + 1u] = firsts[expert] + done;
      grouped[tile + 2u] = min(side, counts[expert] - done);
    }
  }
  for (var tile = all_tiles + thread; tile < shape.tiles; tile += threads) {
    grouped[tile * 4u + 2u] = 0u;
  }
}
