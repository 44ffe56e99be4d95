/** Decode and prefill of the embedded model, per device and number of stages, with the wire's f16 between stages. */
import { openAsBlob } from 'node:fs';
import type { SessionId } from '../src/base/brand.ts';
import type { Engine } from '../src/engine/engine.ts';
import { greedy } from '../src/engine/stage.ts';
import { blobSource } from '../src/model/blob-source.ts';
import { openModel } from '../src/model/open.ts';
import { SliceLoader } from '../src/model/slice-loader.ts';
import { nodeEngine } from '../src/node/engine.ts';
import { LocalChain } from '../src/node/local-chain.ts';
import { createMemoryStore } from '../src/store/memory-store.ts';
import { medianOf, type Row } from './row.ts';

const guide = new URL('../public/models/guide.gguf', import.meta.url);
const runs = 5;
const promptTokens = 128;
const madeTokens = 64;
const noEnd: ReadonlySet<number> = new Set();

export async function split(): Promise<Row[]> {
  const rows: Row[] = [];
  for (const device of ['cpu', 'auto'] as const) {
    const engine = await nodeEngine(device);
    // 'auto' on a machine without a GPU is the CPU once more.
    if (device === 'cpu' || engine.device.kind === 'webgpu') rows.push(...(await measure(engine)));
    await engine.close();
  }
  return rows;
}

async function measure(engine: Engine): Promise<Row[]> {
  const { model, source } = await openModel(blobSource(await openAsBlob(guide), 'guide.gguf'));
  const { read } = new SliceLoader({ store: createMemoryStore(), source, model });
  const prompt = Array.from({ length: promptTokens }, (_, index) => (index * 37) % model.hyper.vocabulary);
  const rows: Row[] = [];
  for (const stages of [1, 2, 3]) {
    const chain = await LocalChain.load(engine, model, read, stages);
    let count = 0;
    const session = async () => {
      const id = `bench-${count++}` as SessionId;
      await chain.open(id, promptTokens + madeTokens);
      return id;
    };
    const prefill = await medianOf(runs, async () => {
      const id = await session();
      const started = performance.now();
      await chain.forward(id, prompt, 0);
      return (promptTokens * 1000) / (performance.now() - started);
    });
    const decode = await medianOf(runs, async () => {
      const id = await session();
      let firstAt = 0;
      for await (const _ of chain.generate(id, prompt.slice(0, 8), madeTokens, greedy, noEnd))
        firstAt ||= performance.now();
      return ((madeTokens - 1) * 1000) / (performance.now() - firstAt);
    });
    const where = `${engine.device.kind}/${stages}-stages`;
    rows.push({ name: `split/prefill/${where}`, value: prefill, unit: 'tokens/s' });
    rows.push({ name: `split/decode/${where}`, value: decode, unit: 'tokens/s' });
    await chain.dispose();
  }
  return rows;
}
