/** What the cases of the WebGPU engine share. */
import type { SessionId } from '../../src/base/brand.ts';
import { seededRandom } from '../../src/base/random.ts';
import type { Engine } from '../../src/engine/engine.ts';
import { equalWithin } from '../../src/engine/engine-contract-cases.ts';
import { type TinyArchitecture, tinyModel } from '../../src/engine/tiny-model.ts';
import { Gpu } from '../../src/engine/webgpu/gpu.ts';
import { Kernels, type Shaders } from '../../src/engine/webgpu/kernels.ts';

export interface WebGpuSurroundings {
  /** A fresh one each time: a device uses it up. */
  adapter(): Promise<GPUAdapter>;
  /** One whose device stays and keeps its pipelines. */
  readonly kept: Promise<GPUAdapter>;
  readonly shaders: Shaders;
  /** tests/fixtures/quants/TYPE.bin or TYPE.f32; undefined where there is none. */
  quants(file: string): Promise<Uint8Array<ArrayBuffer> | undefined>;
}

export const a = 'a' as SessionId;
export const b = 'b' as SessionId;

export function noise(length: number, seed = 1): Float32Array<ArrayBuffer> {
  const random = seededRandom(seed);
  return Float32Array.from({ length }, () => random.next() * 2 - 1);
}

export async function withGpu(
  { adapter, shaders }: WebGpuSurroundings,
  body: (gpu: Gpu, kernels: Kernels) => Promise<void>,
): Promise<void> {
  const gpu = await Gpu.request(await adapter());
  try {
    await body(gpu, new Kernels(gpu.device, shaders));
  } finally {
    gpu.close();
  }
}

/**
 * Two engines over all layers of tiny models, rows of two sessions in turns. A cache of f16 puts values of up to 10
 * as far as 0.013 from those of the cpu engine, whose cache is f32 (measured).
 */
export async function sameAnswers(
  first: Engine | Promise<Engine>,
  second: Engine | Promise<Engine>,
  turns: readonly (readonly [session: SessionId, count: number])[],
  architectures: readonly TinyArchitecture[] = ['gemma3', 'llama'],
  tolerance = 0.02,
): Promise<void> {
  const engines = [await first, await second] as const;
  for (const architecture of architectures) {
    const { model, read } = tinyModel(architecture);
    const { width } = model.hyper;
    const [expected, actual] = await Promise.all(
      engines.map(async engine => {
        const stage = await engine.stage(model, { first: 0, last: 4 }, read);
        const head = await engine.head(model, read);
        const lengths = new Map<SessionId, number>();
        for (const session of new Set(turns.map(([session]) => session))) {
          const own = turns.filter(([other]) => other === session);
          await stage.open(
            session,
            own.reduce((sum, [, count]) => sum + count, 0),
          );
        }
        const answers: Float32Array[] = [];
        for (const [turn, [session, count]] of turns.entries()) {
          const position = lengths.get(session) ?? 0;
          answers.push(await stage.forward([{ session, position, count }], noise(count * width, turn)));
          lengths.set(session, position + count);
        }
        answers.push(await head.logits(noise(3 * width, 99)));
        return answers;
      }),
    );
    expected!.forEach((values, index) => {
      equalWithin(actual![index]!, values, tolerance, `${architecture}, answer ${index}`);
    });
  }
  for (const engine of engines) await engine.close();
}

/** The adapter as it is, but for what one binding may hold and how many workgroups stand in a row. */
export function withLimits(adapter: GPUAdapter, maxStorageBufferBindingSize: number): GPUAdapter {
  const { maxBufferSize } = adapter.limits;
  return {
    info: adapter.info,
    features: adapter.features,
    limits: { maxBufferSize, maxStorageBufferBindingSize, maxComputeWorkgroupsPerDimension: 3 },
    requestDevice: (descriptor: GPUDeviceDescriptor) => adapter.requestDevice(descriptor),
  } as unknown as GPUAdapter;
}

/** Shows the device that is made of it. */
export function watched(adapter: GPUAdapter, seen: (device: GPUDevice) => void): GPUAdapter {
  return {
    info: adapter.info,
    features: adapter.features,
    limits: adapter.limits,
    requestDevice: async (descriptor: GPUDeviceDescriptor) => {
      const device = await adapter.requestDevice(descriptor);
      seen(device);
      return device;
    },
  } as unknown as GPUAdapter;
}
