import { expect, test } from 'vitest';
import { loadKernels, startThread } from '../../../workers/kernels-node.ts';
import type { SessionId } from '../../base/brand.ts';
import { rewindRowsMax } from '../../base/limits.ts';
import { seededRandom } from '../../base/random.ts';
import { cacheBytes } from '../../model/cache-bytes.ts';
import { DeviceMemory } from '../device-memory.ts';
import type { Stage } from '../stage.ts';
import { tinyModel } from '../tiny-model.ts';
import { DeltaStates } from './delta-states.ts';
import { Heap } from './heap.ts';
import { createWasmEngine } from './wasm-engine.ts';

const { model, read } = tinyModel('qwen35');
const { hyper } = model;
const { width } = hyper;
const random = seededRandom(5);
const hidden = Float32Array.from({ length: 300 * width }, () => random.next() * 2 - 1);
const session = 'session' as SessionId;

/** A layer with a delta net alone. */
async function opened() {
  const engine = await createWasmEngine({ load: loadKernels, threads: 2, startThread, share: () => 2 });
  const stage = await engine.stage(model, { first: 1, last: 2 }, read);
  await stage.open(session, 300);
  return { engine, stage };
}

const rows = (stage: Stage, from: number, to: number) =>
  stage.forward([{ session, position: from, count: to - from }], hidden.slice(from * width, to * width));

test('from any length, any of the last rows can be taken back, with the same bits after it', async () => {
  const { engine, stage } = await opened();
  const straight = await rows(stage, 0, 26);
  for (let length = 1; length <= 25; length++)
    for (let back = 0; back <= Math.min(length, rewindRowsMax); back++) {
      await stage.rewind(session, 0);
      await rows(stage, 0, length);
      await stage.rewind(session, length - back);
      const again = await rows(stage, length - back, length + 1);
      expect(again).toEqual(straight.slice((length - back) * width, (length + 1) * width));
    }
  await engine.close();
});

test('many rows at once leave what rows in small groups leave', async () => {
  const { engine, stage } = await opened();
  const straight = await rows(stage, 0, 300);
  for (const [back, step] of [
    [1, 1],
    [8, 8],
    [12, 3],
  ] as const) {
    const length = 300 - back;
    await stage.rewind(session, length);
    for (let at = length; at < 300; at += step)
      expect(await rows(stage, at, Math.min(300, at + step))).toEqual(
        straight.slice(at * width, Math.min(300, at + step) * width),
      );
  }
  await stage.rewind(session, 0);
  for (let at = 0; at < 300; at += 7)
    expect(await rows(stage, at, Math.min(300, at + 7))).toEqual(
      straight.slice(at * width, Math.min(300, at + 7) * width),
    );
  await engine.close();
});

test('going back and back again before rows come is going back once', async () => {
  const { engine, stage } = await opened();
  const straight = await rows(stage, 0, 30);
  for (const length of [28, 28, 24, 19, 17]) await stage.rewind(session, length);
  expect(await rows(stage, 17, 30)).toEqual(straight.slice(17 * width));
  await engine.close();
});

test('takes no more than the plan reserves for it', () => {
  const counted = new DeviceMemory();
  const heap = new Heap(new WebAssembly.Memory({ initial: 1, maximum: 1024 }), counted);
  const states = new DeltaStates(heap, hyper.deltaNet!, 3);
  states.reserve();
  states.reserve();
  expect(counted.use.caches).toBeLessThanOrEqual(3 * cacheBytes(hyper, 0, 1));
  states.release();
  expect(counted.use).toEqual({ weights: 0, caches: 0, scratch: 0 });
});
