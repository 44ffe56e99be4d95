/** Holds every case of the WebGPU engine; run.ts calls them one by one. */
import type { GoldenFiles } from '../goldens/golden-cases.ts';
import type { WebGpuSurroundings } from './around.ts';
import { allCases } from './cases.ts';
import { keptDevice } from './kept-device.ts';

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

const cases = await allCases(around, fixtures);

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
