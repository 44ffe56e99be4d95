import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { makeModel } from '../../bench/models/make-model.ts';
import { MiB } from '../../src/base/bytes.ts';
import { httpSource } from '../../src/model/http-source.ts';
import { openModel } from '../../src/model/open.ts';
import { SliceLoader } from '../../src/model/slice-loader.ts';
import { openFilesStore } from '../../src/store/files-store.ts';
import { type HubServer, startHubServer } from '../hub/hub-server.ts';
import type { Loaded } from './load-slice.ts';

/** 66.9 MB a layer, 142.6 MB of the head; a tokenizer and a file of middle size. */
const shape = {
  name: 'wide',
  layers: 3,
  width: 2048,
  feedForward: 8192,
  heads: 16,
  kvHeads: 8,
  headSize: 128,
  vocabulary: 65_536,
};
const file = 'tests/wide/wide.gguf';
const run = promisify(execFile);

let hub: HubServer;
let folder: string;
beforeAll(async () => {
  hub = await startHubServer();
  hub.put(file, await readFile(makeModel(shape, 'q8_0')));
  folder = await mkdtemp(join(tmpdir(), 'tabmesh-'));
  // What comes over the network passes through buffers that V8 collects when it likes, so it comes in this process.
  const source = httpSource(`hub:${file}`, { hubOrigin: hub.origin });
  const { model } = await openModel(source);
  const loader = new SliceLoader({ store: await openFilesStore(folder), source, model });
  await loader.fetch({ layers: { first: 0, last: model.hyper.layers } });
  await loader.fetch('head');
}, 120_000);
afterAll(async () => {
  await hub.close();
  await rm(folder, { recursive: true, force: true });
});

test.each([
  ['exact', 'stage'],
  ['exact', 'head'],
  ['fast', 'stage'],
  ['fast', 'head'],
])(
  'CPU, %s: loading a %s out of the store takes no more than 1.2 times its bytes and 64 MB at once',
  { timeout: 120_000 },
  async (cpu, part) => {
    const script = new URL('load-slice.ts', import.meta.url).pathname;
    const { stdout } = await run(process.execPath, [script, hub.origin, file, folder, cpu, part]);
    const { weightBytes, beforeBytes, peakBytes }: Loaded = JSON.parse(stdout);
    expect(weightBytes).toBeGreaterThan(128 * MiB);
    expect(peakBytes - beforeBytes).toBeLessThan(1.2 * weightBytes + 64e6);
  },
);
