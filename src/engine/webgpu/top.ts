/** The highest logits of a row, found on the GPU: 528 bytes come back where all logits of Qwen3 would be 600 KB. */
import { type Dispatch, type Own, uniform } from './dispatch.ts';
import type { Gpu } from './gpu.ts';
import type { Kernel, Kernels } from './kernels.ts';

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
  /** Over row 0 of the logits. */
  readonly dispatches: readonly Dispatch[];
  /** Where `parse` finds its bytes. */
  readonly buffer: GPUBuffer;
  readonly offset: number;
  readonly bytes: number;
  parse(words: Uint32Array): TopLogits;
}

export async function createTop(
  gpu: Gpu,
  kernels: Kernels,
  logits: GPUBuffer,
  vocabulary: number,
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
  return gpu.checked('the best tokens', pairs * 8, () => {
    const usage = GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_SRC;
    const buffer = own(gpu.createBuffer('scratch', { label: 'top', size: pairs * 8, usage }));
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
      ];
      const shape = uniform(
        gpu,
        values.map(u32 => ({ u32 })),
        own,
      );
      return once(kernel, kernel.bind(shape, logits, buffer), blocks);
    });
    return {
      dispatches,
      buffer,
      offset: places.at(-1)!.candidates * 8,
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

function once({ pipeline }: Kernel, bindGroup: GPUBindGroup, groups: number): Dispatch {
  return {
    work: () => 0,
    encode(pass) {
      pass.setPipeline(pipeline);
      pass.setBindGroup(0, bindGroup);
      pass.dispatchWorkgroups(groups);
    },
  };
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
