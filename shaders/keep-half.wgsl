alias Kept = vec4<f16>;

/// Some models (gemma3) have activations beyond 65504, which are no f16; clamped, they stay finite.
fn keep(x: vec4<f32>) -> Kept {
  return Kept(clamp(x, vec4(-65504.0), vec4(65504.0)));
}
