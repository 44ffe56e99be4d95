import { readdir, readFile } from 'node:fs/promises';
import { create, globals } from 'webgpu';
import type { Shaders } from '../../src/engine/webgpu/kernels.ts';

/** Dawn crashes the process when this is collected before its end (github.com/dawn-gpu/node-webgpu, README). */
let gpu: GPU | undefined;

/** A fresh adapter of this machine: each makes one device. Undefined where there is none. */
export async function openAdapter(): Promise<GPUAdapter | undefined> {
  if (!gpu) {
    Object.assign(globalThis, globals);
    // Without it Dawn offers no f16 on NVIDIA's GPUs under Vulkan, as in browsers.
    gpu = create(['enable-dawn-features=vulkan_enable_f16_on_nvidia']);
  }
  return (await gpu.requestAdapter({ powerPreference: 'high-performance' })) ?? undefined;
}

export async function readShaders(): Promise<Shaders> {
  const folder = new URL('../../shaders/', import.meta.url);
  const names = (await readdir(folder)).filter(name => name.endsWith('.wgsl'));
  const sources = names.map(
    async name => [name.replace('.wgsl', ''), await readFile(new URL(name, folder), 'utf8')] as const,
  );
  return Object.fromEntries(await Promise.all(sources));
}
