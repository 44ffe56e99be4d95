export const silu = (x: number): number => x / (1 + Math.exp(-x));

/** The tanh form, which gemma was trained with (Hendrycks & Gimpel 2016). */
export const gelu = (x: number): number =>
  0.5 * x * (1 + Math.tanh(Math.sqrt(2 / Math.PI) * (x + 0.044715 * x ** 3)));

export const sigmoid = (x: number): number => 1 / (1 + Math.exp(-x));

/** Straight from 20 on, as in ggml (vec.h, ggml_compute_softplus_f32); exp would overflow. */
export const softplus = (x: number): number => (x > 20 ? x : Math.log1p(Math.exp(x)));
