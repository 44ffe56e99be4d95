/** The engine itself on one model: its speed, what it asks of the device, and what each of its kernels makes of it. */
import { openAsBlob } from 'node:fs';
import type { SessionId } from '../../src/base/brand.ts';
import { greedy } from '../../src/engine/stage.ts';
import { createWebGpuEngine } from '../../src/engine/webgpu/webgpu-engine.ts';
import { blobSource } from '../../src/model/blob-source.ts';
import { type Model, rowsOf } from '../../src/model/model.ts';
import { openModel } from '../../src/model/open.ts';
import { sourceReader } from '../../src/model/source.ts';
import { median, type Row } from '../row.ts';
import { kernelTimes } from './kernel-times.ts';
import { openAdapter, readShaders } from './open.ts';
import type { Rates } from './rates.ts';
import { Recorder } from './recorded.ts';

export interface Size {
  readonly promptTokens: number;
  readonly madeTokens: number;
  readonly runs: number;
}

/** Rows that a stage takes in one turn, so that each kernel of a prompt is taken down once. */
const turnRows = 128;
const session = 'bench' as SessionId;

/** `what` ends the rows' names: shape and mix. */
export async function measureWhole(file: URL, what: string, size: Size, rates: Rates): Promise<Row[]> {
  const recorder = new Recorder();
  const adapter = (await openAdapter())!;
  const engine = await createWebGpuEngine({ adapter, shaders: await readShaders() });
  process.stderr.write(`gpu: ${what}, ${engine.device.name}\n`);
  try {
    const source = blobSource(await openAsBlob(file), 'model.gguf');
    const { model } = await openModel(source);
    const read = sourceReader(source, model);
    const head = await engine.head(model, read);
    const stage = await engine.stage(model, { first: 0, last: model.hyper.layers }, read);
    const { width, vocabulary } = model.hyper;
    const prefill = async (count: number) => {
      await stage.rewind(session, 0);
      const prompt = Array.from({ length: count }, (_, index) => (index * 37) % vocabulary);
      const hidden = await stage.forward([{ session, position: 0, count }], await head.embed(prompt));
      return hidden.slice(-width);
    };
    const pass = async (position: number, token: number) =>
      stage.forward([{ session, position, count: 1 }], await head.embed([token]));
    const next = async (position: number, token: number) =>
      (await head.next(await pass(position, token), greedy, position + 1)).token;

    const { promptTokens, madeTokens, runs } = size;
    await stage.open(session, promptTokens + madeTokens + 2);
    const speeds = { prefill: [] as number[], decode: [] as number[] };
    // The first run is not counted: kernels are compiled in it.
    for (let run = 0; run <= runs; run++) {
      const begun = performance.now();
      let { token } = await head.next(await prefill(promptTokens), greedy, promptTokens);
      const prefilled = performance.now();
      for (let made = 0; made < madeTokens; made++) token = await next(promptTokens + made, token);
      const ended = performance.now();
      if (run === 0) continue;
      speeds.prefill.push((promptTokens * 1000) / (prefilled - begun));
      speeds.decode.push((madeTokens * 1000) / (ended - prefilled));
    }

    const end = promptTokens + madeTokens;
    // A tied head reads the embedding of a token that it did not expect off the GPU, which is a submit of its own.
    await head.embed([1]);
    const decoding = await recorder.during(() => next(end, 1));
    const turn = Math.min(turnRows, promptTokens);
    const prefilling = await recorder.during(() => prefill(turn));
    // After rows that the head was not handed, or its work would come along.
    const inLayers = await recorder.during(() => pass(turn, 1));

    const weights = decoding.dispatches.flatMap(({ weights }) => weights);
    const bytesRead = weights.reduce((sum, { size }) => sum + size, 0);
    const held = weightsOf(model);
    const decode = median(speeds.decode);
    const prefillRate = median(speeds.prefill);
    const row = (name: string, value: number, unit: string): Row => ({
      name: `${name}/${what}`,
      value,
      unit,
    });
    return [
      row('decode', decode, 'tokens/s'),
      row('decode-of-copy', (100 * decode * bytesRead) / rates.copy, '%'),
      row('prefill', prefillRate, 'tokens/s'),
      row('prefill-of-f32', (200 * prefillRate * held.inLayers) / rates.f32, '%'),
      row('bytes-a-token', bytesRead / held.bytes, 'of the model'),
      row('submits-a-token', decoding.submits, ''),
      row('dispatches-a-layer', inLayers.dispatches.length / model.hyper.layers, ''),
      ...(await kernelTimes(
        model,
        decoding.dispatches,
        kernel => `kernel/decode/${kernel}/${what}`,
        ({ bytes }, seconds) => bytes / seconds / rates.copy,
      )),
      ...(await kernelTimes(
        model,
        prefilling.dispatches,
        kernel => `kernel/prefill/${kernel}/${what}`,
        ({ weights }, seconds) => (2 * weights * turn) / seconds / rates.f32,
      )),
    ];
  } finally {
    await engine.close();
    recorder.end();
  }
}

/** Bytes of all matrices in the file, that of the output among them once, and how many weights the layers' have. */
function weightsOf({ tensors }: Model): { bytes: number; inLayers: number } {
  const matrices = [...tensors.values()].filter(({ shape }) => shape.length > 1);
  const layers = matrices.filter(({ name }) => name.startsWith('blk.'));
  const output = tensors.get('output.weight') ?? tensors.get('token_embd.weight')!;
  return {
    bytes: [...layers, output].reduce((sum, { bytes }) => sum + bytes, 0),
    inLayers: layers.reduce((sum, tensor) => sum + tensor.shape[0]! * rowsOf(tensor), 0),
  };
}
