import { openAsBlob } from 'node:fs';
import { expect, test } from 'vitest';
import type { SessionId } from '../base/brand.ts';
import { createCpuEngine } from '../engine/cpu/cpu-engine.ts';
import { blobSource } from '../model/blob-source.ts';
import type { TensorReader } from '../model/model.ts';
import { openModel } from '../model/open.ts';
import { sourceReader } from '../model/source.ts';
import { LocalChain } from './local-chain.ts';

test('values beyond f16 pass from stage to stage as over the wire', async () => {
  const source = blobSource(await openAsBlob('tests/fixtures/tiny-qwen3-f32.gguf'), 'tiny');
  const { model } = await openModel(source);
  // The embedding begins the residual stream, which every hop carries.
  const read: TensorReader = async (name, range) => {
    const data = await sourceReader(source, model)(name, range);
    if (name === 'token_embd.weight') {
      const view = new DataView(data.buffer);
      for (let at = 0; at < data.length; at += 4) view.setFloat32(at, view.getFloat32(at, true) * 1e8, true);
    }
    return data;
  };
  const session = 'one' as SessionId;
  const engine = createCpuEngine();
  const outputs: Float32Array[] = [];
  for (const stages of [1, 3]) {
    const chain = await LocalChain.load(engine, model, read, stages);
    await chain.open(session, 8);
    outputs.push(await chain.forward(session, [3, 1, 4, 1, 5], 0));
    await chain.dispose();
  }
  await engine.close();
  const [whole, split] = outputs as [Float32Array, Float32Array];
  const largest = Math.max(...whole.map(Math.abs));
  expect(largest).toBeGreaterThan(65_504);
  for (const [index, value] of whole.entries()) {
    expect(Math.abs(split[index]! - value)).toBeLessThan(largest * 2 ** -9);
  }
});
