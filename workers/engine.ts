/** The engine worker of browsers. Its owner posts an EngineChoice first, then speaks comlink (connectEngine). */
import { must } from '../src/base/assert.ts';
import { TabmeshError } from '../src/base/error.ts';
import { chooseEngine, type EngineChoice } from '../src/engine/choose-engine.ts';
import { serveEngine } from '../src/engine/remote/serve-engine.ts';
import type { LoadKernels } from '../src/engine/wasm/kernels.ts';
import type { StartThread } from '../src/engine/wasm/wasm-engine.ts';
import { openIdbStore } from '../src/store/idb-store.ts';

const files = import.meta.glob<string>('../shaders/*.wgsl', {
  query: '?raw',
  import: 'default',
  eager: true,
});
const shaders = Object.fromEntries(
  Object.entries(files).map(([path, source]) => [path.replace(/^.*\/|\.wgsl$/g, ''), source]),
);

const kernels = import.meta.glob<string>('../wasm/build/*.wasm', {
  query: '?url',
  import: 'default',
  eager: true,
});

const load: LoadKernels = async file => {
  const response = await fetch(must(kernels[`../wasm/build/${file}.wasm`], `${file}.wasm was built`));
  if (!response.ok) {
    const reason = `The CPU's kernels did not come: ${response.status}. Reload the page.`;
    throw new TabmeshError('unavailable', 'engine', reason);
  }
  return WebAssembly.compile(await response.arrayBuffer());
};

const startThread: StartThread = setup => {
  const worker = new Worker(new URL('./kernel-thread.ts', import.meta.url), { type: 'module' });
  const ready = new Promise<void>((resolve, reject) => {
    worker.addEventListener('message', () => resolve(), { once: true });
    worker.addEventListener('error', reject, { once: true });
  });
  worker.postMessage(setup);
  return { ready, end: () => worker.terminate() };
};

/** Memory is shared only in pages that are cross-origin isolated. */
const parallelism = crossOriginIsolated ? navigator.hardwareConcurrency : 1;

addEventListener(
  'message',
  ({ data }: MessageEvent<EngineChoice>) =>
    serveEngine(
      self as unknown as MessagePort,
      chooseEngine({
        ...data,
        gpu: navigator.gpu,
        shaders,
        openStore: openIdbStore,
        wasm: { load, startThread, parallelism },
      }),
    ),
  { once: true },
);
