/** The engine worker of browsers. Its owner posts an EngineChoice first, then speaks comlink (connectEngine). */
import { chooseEngine, type EngineChoice } from '../src/engine/choose-engine.ts';
import { serveEngine } from '../src/engine/remote/serve-engine.ts';

const files = import.meta.glob<string>('../shaders/*.wgsl', {
  query: '?raw',
  import: 'default',
  eager: true,
});
const shaders = Object.fromEntries(
  Object.entries(files).map(([path, source]) => [path.replace(/^.*\/|\.wgsl$/g, ''), source]),
);

addEventListener(
  'message',
  ({ data }: MessageEvent<EngineChoice>) =>
    serveEngine(self as unknown as MessagePort, chooseEngine({ ...data, gpu: navigator.gpu, shaders })),
  { once: true },
);
