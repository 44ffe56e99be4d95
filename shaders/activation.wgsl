// The clamps keep exp and tanh from overflowing to NaN on drivers with relaxed math; past them both are flat in f32. In
// front comes `const gelu`.
fn activation(x: f32) -> f32 {
  if (gelu) {
    let inner = 0.7978845608028654 * x * (1.0 + 0.044715 * x * x);
    return 0.5 * x * (1.0 + tanh(clamp(inner, -15.0, 15.0)));
  }
  return x / (1.0 + exp(min(-x, 80.0)));
}
