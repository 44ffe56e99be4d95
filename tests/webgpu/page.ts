/** Holds every case of the WebGPU engine; run.ts calls them one by one. */
import { engineContractCases } from '../../src/engine/engine-contract-cases.ts';
import { createWebGpuEngine } from '../../src/engine/webgpu/webgpu-engine.ts';
import { type GoldenFiles, goldenCases } from '../goldens/golden-cases.ts';
import type { WebGpuSurroundings } from './around.ts';
import { cacheCases } from './cache-cases.ts';
import { keptDevice } from './kept-device.ts';
import { lostDeviceCase } from './lost-device-case.ts';
import { memoryCase } from './memory-case.ts';
import { oneSubmitCases } from './one-submit-cases.ts';
import { tierCases } from './tier-cases.ts';
import { webGpuCases } from './webgpu-cases.ts';

const files = import.meta.glob<string>('../../shaders/*.wgsl', {
  query: '?raw',
  import: 'default',
  eager: true,
});
const shaders = Object.fromEntries(
  Object.entries(files).map(([path, source]) => [path.replace(/^.*\/|\.wgsl$/g, ''), source]),
);

async function adapter(): Promise<GPUAdapter> {
  const found = await navigator.gpu?.requestAdapter();
  if (!found) throw new Error('this Chromium gives no WebGPU adapter');
  return found;
}

const kept = adapter().then(keptDevice);
const create = async (memoryBytes?: number) =>
  createWebGpuEngine({ adapter: await kept, shaders, memoryBytes });

async function get(path: string): Promise<Response> {
  const response = await fetch(path);
  if (!response.ok && response.status !== 404) throw new Error(`${path}: ${response.status}`);
  return response;
}

const around: WebGpuSurroundings = {
  adapter,
  kept,
  shaders,
  quants: async file => {
    const response = await get(`/quants/${file}`);
    return response.ok ? new Uint8Array(await response.arrayBuffer()) : undefined;
  },
};

const fixtures: GoldenFiles = {
  model: async name => (await get(`/${name}.gguf`)).blob(),
  answers: async name => (await get(`/${name}.json`)).json(),
};

const cases = [
  ...webGpuCases(around),
  ...cacheCases(around),
  memoryCase(create),
  ...oneSubmitCases(create, fixtures),
  lostDeviceCase({ adapter, shaders, model: async () => (await get('/tiny-qwen3-f32.gguf')).blob() }),
  // One kernel for one row and another for several add in different orders; results of tiny models are near 1.
  ...engineContractCases(create, 2e-5),
  ...goldenCases(create, fixtures),
  ...(await tierCases(around, fixtures)),
];

export interface Harness {
  readonly names: readonly string[];
  /** Resolves to undefined, or to what went wrong. */
  run(index: number): Promise<string | undefined>;
  device(): Promise<string>;
}

declare global {
  interface Window {
    harness: Harness;
  }
}

window.harness = {
  names: cases.map(({ name }) => name),
  run: index =>
    cases[index]!.run().then(
      () => undefined,
      (error: Error) => `${error.stack ?? error}${error.cause ? `\n  because: ${error.cause}` : ''}`,
    ),
  device: async () => {
    const { vendor, architecture, description } = (await adapter()).info;
    return [vendor, architecture, description].filter(Boolean).join(' ');
  },
};
