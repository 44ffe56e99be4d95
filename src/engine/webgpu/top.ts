/** The highest logits of a few rows, found on the GPU: 528 bytes of each come back where all logits of Qwen3 would be 600 KB. */
import { type Dispatch, type Own, perRow, uniform } from './dispatch.ts';
import type { Gpu } from './gpu.ts';
import type { Kernels } from './kernels.ts';

/** As in shaders/top-candidates.wgsl. */
const kept = 64;
const chunk = 512;
const recordWords = 4;

/** What stands for a row of logits: its candidates from the highest down, ties from the lowest token up. */
export interface TopLogits {
  readonly tokens: Uint32Array;
  readonly logits: Float32Array;
  /** Sum over all logits of exp(logit - highest), in f32. */
  readonly mass: number;
  /** Logits that are NaN or infinite. */
  readonly faults: number;
}

export interface Top {
  /** Over the first rows of the logits, as many as the step has. */
  readonly dispatches: readonly Dispatch[];
  /** Where `parse` finds its bytes. */
  readonly buffer: GPUBuffer;
  offset(row: number): number;
  /** For each row. */
  readonly bytes: number;
  parse(words: Uint32Array): TopLogits;
}

export async function createTop(
  gpu: Gpu,
  kernels: Kernels,
  logits: GPUBuffer,
  vocabulary: number,
  rowsMax: number,
  own: Own,
): Promise<Top> {
  const counts = levels(vocabulary);
  const [first, next] = await Promise.all([
    kernels.get('top-candidates', { first_level: true }),
    kernels.get('top-candidates', { first_level: false }),
  ]);
  // Levels one behind the other, candidates and then records, counted in pairs of words.
  const places: { candidates: number; records: number }[] = [];
  let pairs = 0;
  for (const blocks of counts) {
    places.push({ candidates: pairs, records: pairs + blocks * kept });
    pairs += blocks * (kept + recordWords / 2);
  }
  return gpu.checked('the best tokens', rowsMax * pairs * 8, () => {
    const usage = GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_SRC;
    const buffer = own(gpu.createBuffer('scratch', { label: 'top', size: rowsMax * pairs * 8, usage }));
    const dispatches = counts.map((blocks, level): Dispatch => {
      const before = places[level - 1] ?? { candidates: 0, records: 0 };
      const count = level === 0 ? vocabulary : counts[level - 1]! * kept;
      const kernel = level === 0 ? first : next;
      const values = [
        count,
        before.candidates,
        before.records,
        places[level]!.candidates,
        places[level]!.records,
        vocabulary,
        pairs,
      ];
      const shape = uniform(
        gpu,
        values.map(u32 => ({ u32 })),
        own,
      );
      return perRow(kernel, kernel.bind(shape, logits, buffer), blocks);
    });
    return {
      dispatches,
      buffer,
      offset: row => (row * pairs + places.at(-1)!.candidates) * 8,
      bytes: kept * 8 + recordWords * 4,
      parse: words => parse(words, Math.min(kept, vocabulary)),
    };
  });
}

/** Blocks that each level leaves, down to one. */
function levels(vocabulary: number): number[] {
  const counts = [Math.ceil(vocabulary / chunk)];
  while (counts.at(-1)! > 1) counts.push(Math.ceil((counts.at(-1)! * kept) / chunk));
  return counts;
}

function parse(words: Uint32Array, count: number): TopLogits {
  const floats = new Float32Array(words.buffer, words.byteOffset, words.length);
  return {
    tokens: Uint32Array.from({ length: count }, (_, i) => words[2 * i + 1]!),
    logits: Float32Array.from({ length: count }, (_, i) => floats[2 * i]!),
    mass: floats[kept * 2 + 1]!,
    faults: words[kept * 2 + 2]!,
  };
}
