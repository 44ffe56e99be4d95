/**
 * How products are made, in each build (scripts/wasm.mjs). FUSED: four of 8 bits are added to a sum by one instruction, which takes weights of 8
 * bits (x86 with VNNI, ARM). PAIRED: sums of two products have 16 bits, so that they hold those of weights below 64 and four activations (x86
 * before VNNI). WIDE: weights and activations are widened to 16 bits; so are those of Q8_0 in PAIRED.
 */
export const WIDE: i32 = 0;
export const PAIRED: i32 = 1;
export const FUSED: i32 = 2;
export const BUILD: i32 = PRODUCTS;
