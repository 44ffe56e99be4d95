/** Numbers of the tensor types, as src/engine/wasm/wasm-matrix.ts writes them. From Q8_0 on they have an integer kernel. */
export const F32: i32 = 0;
export const F16: i32 = 1;
export const BF16: i32 = 2;
export const Q4_1: i32 = 3;
export const Q5_0: i32 = 4;
export const Q5_1: i32 = 5;
export const Q8_0: i32 = 8;
export const Q4_0: i32 = 9;
export const Q4_K: i32 = 10;
export const Q5_K: i32 = 11;
export const Q6_K: i32 = 12;
