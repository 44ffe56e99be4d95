/** What the GPU can do at most, measured with kernels that do nothing else. */
import { readFile } from 'node:fs/promises';
import { MiB } from '../../src/base/bytes.ts';
import { secondsOf } from './seconds.ts';

export interface Rates {
  /** Bytes per second, read and written, of a copy within its memory. */
  readonly copy: number;
  /** Operations per second in multiply-adds, which are two each. */
  readonly f32: number;
  /** The same with half precision, where the adapter has it. */
  readonly f16?: number;
}

/** Larger than the caches of any GPU, or for software what it does in a moment. */
const copyBytes = { real: 256 * MiB, software: 16 * MiB } as const;
const multiplyGroups = { real: 4096, software: 16 } as const;
const threads = 256;
const operationsPerThread = 256 * 8 * 4 * 2;

export async function measureRates(adapter: GPUAdapter, kind: 'real' | 'software'): Promise<Rates> {
  const halves = adapter.features.has('shader-f16');
  const device = await adapter.requestDevice({
    requiredFeatures: halves ? ['shader-f16'] : [],
    requiredLimits: {
      maxBufferSize: adapter.limits.maxBufferSize,
      maxStorageBufferBindingSize: adapter.limits.maxStorageBufferBindingSize,
    },
  });
  const bytes = copyBytes[kind];
  const copy = await kernel(device, await source('copy'), bytes, bytes);
  const groups = multiplyGroups[kind];
  const rate = async (prelude: string) => {
    const code = prelude + (await source('multiply-add'));
    const multiply = await kernel(device, code, threads * 16, groups * threads * 16);
    return (groups * threads * operationsPerThread) / (await secondsOf(device, multiply(groups)));
  };
  const rates = {
    copy: (2 * bytes) / (await secondsOf(device, copy(bytes / (64 * threads)))),
    f32: await rate('alias Number = f32;\n'),
    ...(halves ? { f16: await rate('enable f16;\nalias Number = f16;\n') } : {}),
  };
  device.destroy();
  return rates;
}

const source = (name: string): Promise<string> => readFile(new URL(`${name}.wgsl`, import.meta.url), 'utf8');

async function kernel(device: GPUDevice, code: string, inputBytes: number, outputBytes: number) {
  const module = device.createShaderModule({ code });
  const pipeline = await device.createComputePipelineAsync({ layout: 'auto', compute: { module } });
  const usage = GPUBufferUsage.STORAGE;
  const entries = [inputBytes, outputBytes].map((size, binding) => ({
    binding,
    resource: { buffer: device.createBuffer({ size, usage }) },
  }));
  const bindGroup = device.createBindGroup({ layout: pipeline.getBindGroupLayout(0), entries });
  return (groups: number) => (pass: GPUComputePassEncoder) => {
    pass.setPipeline(pipeline);
    pass.setBindGroup(0, bindGroup);
    pass.dispatchWorkgroups(groups);
  };
}
