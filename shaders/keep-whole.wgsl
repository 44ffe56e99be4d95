alias Kept = vec4<f32>;

fn keep(x: vec4<f32>) -> Kept {
  return x;
}
