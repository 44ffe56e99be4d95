/** The engine worker of Node (worker_threads). Its owner posts an EngineChoice first, then speaks comlink. */
import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { parentPort } from 'node:worker_threads';
import { must } from '../src/base/assert.ts';
import { chooseEngine, type EngineChoice } from '../src/engine/choose-engine.ts';
import { serveEngine } from '../src/engine/remote/serve-engine.ts';
import { openFilesStore } from '../src/store/files-store.ts';
import { loadKernels, startThread } from './kernels-node.ts';

const port = must(parentPort, 'this file is a worker');
const folder = new URL('../shaders/', import.meta.url);

/** Dawn crashes the process when this is collected before its end (github.com/dawn-gpu/node-webgpu, README). */
let gpu: GPU | string | undefined;

async function choose(choice: EngineChoice) {
  if (choice.device !== 'cpu') gpu = await openDawn(choice.allowSoftware);
  const wasm = { load: loadKernels, startThread, parallelism: availableParallelism() };
  const { dataFolder } = choice;
  const openStore = dataFolder === undefined ? undefined : () => openFilesStore(dataFolder);
  return chooseEngine({ ...choice, gpu, shaders: await readShaders(), openStore, wasm });
}

async function openDawn(mustTry: boolean): Promise<GPU | string> {
  if (!mustTry && !hasGraphicsDevice()) return 'This machine has no GPU';
  try {
    const { create, globals } = await import('webgpu');
    Object.assign(globalThis, globals);
    return create([]);
  } catch {
    return 'The webgpu package does not run on this system';
  }
}

/** Loading Dawn takes 100 MB, and its drivers complain aloud where there is nothing to drive. */
function hasGraphicsDevice(): boolean {
  const places = ['/dev/dri', '/dev/nvidiactl', '/dev/dxg', '/dev/kgsl-3d0'];
  return process.platform !== 'linux' || places.some(place => existsSync(place));
}

async function readShaders() {
  const names = (await readdir(folder)).filter(name => name.endsWith('.wgsl'));
  const source = (name: string) => readFile(new URL(name, folder), 'utf8');
  return Object.fromEntries(
    await Promise.all(names.map(async name => [name.replace('.wgsl', ''), await source(name)])),
  );
}

port.once('message', (choice: EngineChoice) => serveEngine(port, choose(choice)));
