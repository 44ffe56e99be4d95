import type { SessionId } from '../../src/base/brand.ts';
import type { EngineChoice } from '../../src/engine/choose-engine.ts';
import { connectEngine } from '../../src/engine/remote/connect-engine.ts';
import { greedy } from '../../src/engine/stage.ts';
import { blobSource } from '../../src/model/blob-source.ts';
import { openModel } from '../../src/model/open.ts';
import { sourceReader } from '../../src/model/source.ts';
import type { Contender } from './contender.ts';

/** This engine in its worker, as a tab uses it: every token makes two trips to the worker. 0 threads: on the GPU. */
export async function startOurs(file: Blob, threads: number): Promise<Contender> {
  const started = performance.now();
  const worker = new Worker(new URL('../../workers/engine.ts', import.meta.url), { type: 'module' });
  const device = threads === 0 ? 'webgpu' : 'cpu';
  const choice: EngineChoice = { device, allowSoftware: false, cpu: 'fast', threads };
  worker.postMessage(choice);
  const engine = await connectEngine(worker);
  const source = blobSource(file, 'model.gguf');
  const { model } = await openModel(source);
  const read = sourceReader(source, model);
  const head = await engine.head(model, read);
  const stage = await engine.stage(model, { first: 0, last: model.hyper.layers }, read);
  const loadMs = performance.now() - started;
  const { width } = model.hyper;
  return {
    name: engine.device.name,
    loadMs,
    async run(number, promptTokens, madeTokens) {
      const session = `run-${number}` as SessionId;
      await stage.open(session, promptTokens + madeTokens);
      const prompt = Array.from({ length: promptTokens }, (_, index) => 33 + ((index + number) % 90));
      const begun = performance.now();
      const rows = await stage.forward(
        [{ session, position: 0, count: promptTokens }],
        await head.embed(prompt),
      );
      let { token } = await head.next(rows.slice(-width), greedy, promptTokens);
      const prefilled = performance.now();
      for (let made = 0; made < madeTokens; made++) {
        const position = promptTokens + made;
        const row = await stage.forward([{ session, position, count: 1 }], await head.embed([token]));
        ({ token } = await head.next(row, greedy, position + 1));
      }
      const ended = performance.now();
      await stage.close(session);
      return {
        prefill: (promptTokens * 1000) / (prefilled - begun),
        decode: (madeTokens * 1000) / (ended - prefilled),
      };
    },
    async together(number, sessions, madeTokens) {
      const names = Array.from({ length: sessions }, (_, index) => `run-${number}-${index}` as SessionId);
      for (const session of names) await stage.open(session, madeTokens);
      let tokens = names.map((_, index) => 33 + index);
      const begun = performance.now();
      for (let position = 0; position < madeTokens; position++) {
        const entries = names.map(session => ({ session, position, count: 1 }));
        const rows = await stage.forward(entries, await head.embed(tokens));
        const next = names.map((_, index) =>
          head.next(rows.slice(index * width, (index + 1) * width), greedy, position + 1),
        );
        tokens = (await Promise.all(next)).map(({ token }) => token);
      }
      const ended = performance.now();
      for (const session of names) await stage.close(session);
      return (sessions * madeTokens * 1000) / (ended - begun);
    },
    close: () => engine.close(),
  };
}
