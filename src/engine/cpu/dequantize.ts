/**
 * GGUF weights to numbers, one block after the other, as llama.cpp's ggml-quants.c lays them out.
 * https://github.com/ggml-org/llama.cpp/blob/master/ggml/src/ggml-common.h
 */
import { halfTable } from '../../base/half.ts';
import type { TensorType } from '../../model/model.ts';

interface Block {
  /** Weights in one block. */
  readonly weights: number;
  readonly bytes: number;
  /** Reads `blocks` blocks at `at` into `out` from its start. */
  readonly read: (source: Uint8Array, at: number, blocks: number, out: Float32Array) => void;
}

const half = halfTable();
const halfAt = (source: Uint8Array, at: number): number => half[source[at]! | (source[at + 1]! << 8)]!;

const word = new Uint32Array(1);
const float = new Float32Array(word.buffer);

const f32: Block = {
  weights: 1,
  bytes: 4,
  read(source, at, blocks, out) {
    for (let i = 0; i < blocks; i++, at += 4) {
      word[0] = source[at]! | (source[at + 1]! << 8) | (source[at + 2]! << 16) | (source[at + 3]! << 24);
      out[i] = float[0]!;
    }
  },
};

const f16: Block = {
  weights: 1,
  bytes: 2,
  read(source, at, blocks, out) {
    for (let i = 0; i < blocks; i++, at += 2) out[i] = halfAt(source, at);
  },
};

const bf16: Block = {
  weights: 1,
  bytes: 2,
  read(source, at, blocks, out) {
    for (let i = 0; i < blocks; i++, at += 2) {
      word[0] = (source[at]! << 16) | (source[at + 1]! << 24);
      out[i] = float[0]!;
    }
  },
};

const q8_0: Block = {
  weights: 32,
  bytes: 34,
  read(source, at, blocks, out) {
    for (let block = 0, o = 0; block < blocks; block++, at += 34) {
      const d = halfAt(source, at);
      for (let i = at + 2; i < at + 34; i++) out[o++] = d * ((source[i]! << 24) >> 24);
    }
  },
};

const q4_0: Block = {
  weights: 32,
  bytes: 18,
  read(source, at, blocks, out) {
    for (let block = 0, o = 0; block < blocks; block++, at += 18, o += 32) {
      const d = halfAt(source, at);
      for (let i = 0; i < 16; i++) {
        const pair = source[at + 2 + i]!;
        out[o + i] = d * ((pair & 15) - 8);
        out[o + i + 16] = d * ((pair >> 4) - 8);
      }
    }
  },
};

const q4_1: Block = {
  weights: 32,
  bytes: 20,
  read(source, at, blocks, out) {
    for (let block = 0, o = 0; block < blocks; block++, at += 20, o += 32) {
      const d = halfAt(source, at);
      const m = halfAt(source, at + 2);
      for (let i = 0; i < 16; i++) {
        const pair = source[at + 4 + i]!;
        out[o + i] = d * (pair & 15) + m;
        out[o + i + 16] = d * (pair >> 4) + m;
      }
    }
  },
};

/** Bit j of the 32-bit word at `bits` is the fifth bit of weight j. */
const highBits = (source: Uint8Array, bits: number): number =>
  source[bits]! | (source[bits + 1]! << 8) | (source[bits + 2]! << 16) | (source[bits + 3]! << 24);

const q5_0: Block = {
  weights: 32,
  bytes: 22,
  read(source, at, blocks, out) {
    for (let block = 0, o = 0; block < blocks; block++, at += 22, o += 32) {
      const d = halfAt(source, at);
      const high = highBits(source, at + 2);
      for (let i = 0; i < 16; i++) {
        const pair = source[at + 6 + i]!;
        out[o + i] = d * (((pair & 15) | (((high >>> i) & 1) << 4)) - 16);
        out[o + i + 16] = d * (((pair >> 4) | (((high >>> (i + 16)) & 1) << 4)) - 16);
      }
    }
  },
};

const q5_1: Block = {
  weights: 32,
  bytes: 24,
  read(source, at, blocks, out) {
    for (let block = 0, o = 0; block < blocks; block++, at += 24, o += 32) {
      const d = halfAt(source, at);
      const m = halfAt(source, at + 2);
      const high = highBits(source, at + 4);
      for (let i = 0; i < 16; i++) {
        const pair = source[at + 8 + i]!;
        out[o + i] = d * ((pair & 15) | (((high >>> i) & 1) << 4)) + m;
        out[o + i + 16] = d * ((pair >> 4) | (((high >>> (i + 16)) & 1) << 4)) + m;
      }
    }
  },
};

/** The 6-bit scale of sub-block `j` of 8, out of the 12 packed bytes at `at` (get_scale_min_k4 in ggml). */
const scaleOf = (source: Uint8Array, at: number, j: number): number =>
  j < 4 ? source[at + j]! & 63 : (source[at + j + 4]! & 15) | ((source[at + j - 4]! >> 6) << 4);
const minimumOf = (source: Uint8Array, at: number, j: number): number =>
  j < 4 ? source[at + j + 4]! & 63 : (source[at + j + 4]! >> 4) | ((source[at + j]! >> 6) << 4);

const q4_k: Block = {
  weights: 256,
  bytes: 144,
  read(source, at, blocks, out) {
    for (let block = 0, o = 0; block < blocks; block++, at += 144) {
      const d = halfAt(source, at);
      const dmin = halfAt(source, at + 2);
      for (let j = 0; j < 8; j++, o += 32) {
        const scale = d * scaleOf(source, at + 4, j);
        const minimum = dmin * minimumOf(source, at + 4, j);
        const quants = at + 16 + (j >> 1) * 32;
        const shift = (j & 1) * 4;
        for (let i = 0; i < 32; i++) out[o + i] = scale * ((source[quants + i]! >> shift) & 15) - minimum;
      }
    }
  },
};

const q5_k: Block = {
  weights: 256,
  bytes: 176,
  read(source, at, blocks, out) {
    for (let block = 0, o = 0; block < blocks; block++, at += 176) {
      const d = halfAt(source, at);
      const dmin = halfAt(source, at + 2);
      for (let j = 0; j < 8; j++, o += 32) {
        const scale = d * scaleOf(source, at + 4, j);
        const minimum = dmin * minimumOf(source, at + 4, j);
        const quants = at + 48 + (j >> 1) * 32;
        const shift = (j & 1) * 4;
        for (let i = 0; i < 32; i++) {
          const fifth = ((source[at + 16 + i]! >> j) & 1) << 4;
          out[o + i] = scale * (((source[quants + i]! >> shift) & 15) | fifth) - minimum;
        }
      }
    }
  },
};

const q6_k: Block = {
  weights: 256,
  bytes: 210,
  read(source, at, blocks, out) {
    for (let block = 0, o = 0; block < blocks; block++, at += 210, o += 256) {
      const d = halfAt(source, at + 208);
      for (let part = 0; part < 8; part++) {
        // Two halves of 128 weights; in each, four runs of 32 share the bytes of ql (4 bits) and qh (2 bits).
        const run = part & 3;
        const low = at + (part >> 2) * 64 + (run & 1) * 32;
        const high = at + 128 + (part >> 2) * 32;
        const lowShift = (run >> 1) * 4;
        const highShift = run * 2;
        for (let i = 0; i < 32; i++) {
          const scale = (source[at + 192 + part * 2 + (i >> 4)]! << 24) >> 24;
          const quant = ((source[low + i]! >> lowShift) & 15) | (((source[high + i]! >> highShift) & 3) << 4);
          out[o + part * 32 + i] = d * scale * (quant - 32);
        }
      }
    }
  },
};

export const blocks: Readonly<Record<TensorType, Block>> = {
  F32: f32,
  F16: f16,
  BF16: bf16,
  Q8_0: q8_0,
  Q4_0: q4_0,
  Q4_1: q4_1,
  Q5_0: q5_0,
  Q5_1: q5_1,
  Q4_K: q4_k,
  Q5_K: q5_k,
  Q6_K: q6_k,
};

/** All weights of a tensor; meant for vectors (norms, biases), a matrix is read row by row. */
export function dequantize(type: TensorType, bytes: Uint8Array): Float32Array<ArrayBuffer> {
  const block = blocks[type];
  const count = Math.floor(bytes.length / block.bytes);
  const out = new Float32Array(count * block.weights);
  block.read(bytes, 0, count, out);
  return out;
}
