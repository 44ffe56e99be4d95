/**
 * Loads one part of a model as a peer in Node does, and prints what that took: `load-slice.ts ORIGIN FILE FOLDER CPU PART`.
 * A process of its own, because the system keeps one high-water mark a process.
 */
import { readFile } from 'node:fs/promises';
import type { EngineChoice } from '../../src/engine/choose-engine.ts';
import { httpSource } from '../../src/model/http-source.ts';
import { openModel } from '../../src/model/open.ts';
import { SliceLoader } from '../../src/model/slice-loader.ts';
import { nodeEngine } from '../../src/node/engine.ts';
import { openFilesStore } from '../../src/store/files-store.ts';

export interface Loaded {
  readonly weightBytes: number;
  /** Of the whole process, all threads: before the part was loaded, and the most there was until it was loaded. */
  readonly beforeBytes: number;
  readonly peakBytes: number;
}

const [hubOrigin, file, folder, cpu, part] = process.argv.slice(2) as [
  string,
  string,
  string,
  EngineChoice['cpu'] & string,
  'stage' | 'head',
];
const source = httpSource(`hub:${file}`, { hubOrigin });
const { model } = await openModel(source);
const loader = new SliceLoader({ store: await openFilesStore(folder), source, model });
const engine = await nodeEngine('cpu', cpu);
const beforeBytes = process.memoryUsage.rss();

const layers = { first: 0, last: model.hyper.layers };
await loader.fetch(part === 'head' ? part : { layers });
const { weightBytes } =
  part === 'head' ? await engine.head(model, loader.read) : await engine.stage(model, layers, loader.read);
const peakBytes = await mostHeld();
console.log(JSON.stringify({ weightBytes, beforeBytes, peakBytes } satisfies Loaded));
await engine.close();

/** Linux adds to `maxRSS` what the process that started this one held (setmax_mm_hiwater_rss in fs/exec.c), but not here. */
async function mostHeld(): Promise<number> {
  if (process.platform !== 'linux') return process.resourceUsage().maxRSS * 1024;
  const [, kibibytes] = /VmHWM:\s+(\d+) kB/.exec(await readFile('/proc/self/status', 'utf8'))!;
  return Number(kibibytes) * 1024;
}
