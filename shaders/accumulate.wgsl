// One lane's share of two weight rows times `tile` activation rows: every lane-th run of 32 columns. projection-
// source.ts writes the matrix of each of the two rows in place of 0 and 1.
fn accumulate_KEY(
  rows: vec2<u32>,
  lane: u32,
  first_input: u32,
  sums: ptr<function, array<vec2<f32>, tile>>,
  squares: ptr<function, array<f32, tile>>,
) {
  for (var run = lane; run < shape.runs; run += lanes) {
    let p0 = load_0(rows.x * shape.runs + run);
    let p1 = load_1(rows.y * shape.runs + run);
    // Not written out eight times: it would take SwiftShader seconds to compile, and drivers of GPUs unroll it.
    for (var i = 0u; i < 8u; i++) {
      let w = mat2x4(quad_0(p0, i), quad_1(p1, i));
      let column = run * 8u + i;
      var factor = vec4(1.0);
      if (normed) {
        factor = vectors[column];
      }
      for (var m = 0u; m < tile; m++) {
        let x = input[(first_input + m) * shape.runs * 8u + column];
        if (normed) {
          (*squares)[m] += dot(x, x);
        }
        (*sums)[m] += (x * factor) * w;
      }
    }
  }
}
