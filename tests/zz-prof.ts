import { openAsBlob } from 'node:fs';
import { makeModel } from '../bench/models/make-model.ts';
import { shapeNamed } from '../bench/models/shapes.ts';
import type { SessionId } from '../src/base/brand.ts';
import { greedy } from '../src/engine/stage.ts';
import { createWasmEngine } from '../src/engine/wasm/wasm-engine.ts';
import { blobSource } from '../src/model/blob-source.ts';
import { openModel } from '../src/model/open.ts';
import { sourceReader } from '../src/model/source.ts';
import { loadKernels } from '../workers/kernels-node.ts';

const mix = process.argv[2] as 'q8_0';
const file = makeModel(shapeNamed('0.6B'), mix);
const engine = await createWasmEngine({ load: loadKernels, threads: 1 });
const source = blobSource(await openAsBlob(file), 'model.gguf');
const { model } = await openModel(source);
const read = sourceReader(source, model);
const head = await engine.head(model, read);
const stage = await engine.stage(model, { first: 0, last: model.hyper.layers }, read);
const { width } = model.hyper;
for (const sessions of [1, 8, 1, 8]) {
  const names = Array.from({ length: sessions }, (_, i) => `s${sessions}-${i}-${Math.random()}` as SessionId);
  for (const s of names) await stage.open(s, 40);
  let tokens = names.map((_, i) => 33 + i);
  let fw = 0,
    hd = 0;
  const t0 = performance.now();
  for (let position = 0; position < 24; position++) {
    const a = performance.now();
    const rows = await stage.forward(
      names.map(session => ({ session, position, count: 1 })),
      await head.embed(tokens),
    );
    const b = performance.now();
    const next = names.map((_, i) => head.next(rows.slice(i * width, (i + 1) * width), greedy, position + 1));
    tokens = (await Promise.all(next)).map(({ token }) => token);
    fw += b - a;
    hd += performance.now() - b;
  }
  const ms = performance.now() - t0;
  console.log(
    mix,
    sessions,
    `${((sessions * 24000) / ms).toFixed(1)} tokens/s; forward ${(fw / 24).toFixed(1)} ms, head ${(hd / 24).toFixed(1)} ms`,
  );
  for (const s of names) await stage.close(s);
}
process.exit(0);
