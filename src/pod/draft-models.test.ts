import { openAsBlob } from 'node:fs';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { systemClock } from '../base/clock.ts';
import { seededRandom } from '../base/random.ts';
import { createCpuEngine } from '../engine/cpu/cpu-engine.ts';
import { createLastingEngine, type LastingEngine } from '../engine/lasting-engine.ts';
import { blobSource } from '../model/blob-source.ts';
import { type OpenModel, openModel } from '../model/open.ts';
import { headBytes, layerBytes } from '../model/slice.ts';
import { sourceReader } from '../model/source.ts';
import { DraftModels } from './draft-models.ts';
import { rangeCacheBytes } from './model-bytes.ts';

const path = new URL('../../tests/fixtures/tiny-qwen3-q4_k_m.gguf', import.meta.url);

let engine: LastingEngine;
let served: OpenModel;
beforeEach(async () => {
  engine = await createLastingEngine(async () => createCpuEngine(), systemClock);
  served = await openModel(blobSource(await openAsBlob(path), 'served.gguf'));
});
afterEach(() => engine.close());

/** Offers the served model itself, whatever its size. */
function house(roomBytes = 64e6) {
  const room = { bytes: roomBytes };
  const asked: number[] = [];
  const models = new DraftModels({
    engine,
    random: seededRandom(1),
    find: async ({ model, source }, bytesMax) => {
      asked.push(bytesMax);
      return { model, read: sourceReader(source, model) };
    },
    roomBytes: () => room.bytes,
  });
  return { models, room, asked };
}

const row = async (lent: Awaited<ReturnType<DraftModels['lend']>>) => {
  const { stage, head, session } = lent!;
  return stage.forward([{ session, position: 0, count: 1 }], await head.embed([1]));
};

test('answers share one model, which is looked for once, each with a session of its own', async () => {
  const { models, asked } = house();
  const [a, b] = await Promise.all([models.lend(served, 64), models.lend(served, 64)]);
  expect(asked).toEqual([64e6]);
  expect(await row(a)).toEqual(await row(b));
  a!.release();
  await expect(row(a)).rejects.toThrow();
  await row({ ...b!, session: (await models.lend(served, 64))!.session });
  models.drop();
});

test('where its room is needed it goes, from under an answer too, and comes back once there is room', async () => {
  const { models, room } = house();
  const lent = await models.lend(served, 64);
  models.trim();
  await row(lent);
  room.bytes = 1_000;
  models.trim();
  await expect(row(lent)).rejects.toThrow();
  lent!.release();
  expect(await models.lend(served, 64)).toBeUndefined();
  room.bytes = 64e6;
  await row(await models.lend(served, 64));
  models.drop();
});

test('caches count: there is room for two texts, and for a third when one ended', async () => {
  const { model } = served;
  const { layers } = model.hyper;
  const all = { first: 0, last: layers };
  const weights = [...Array(layers).keys()].reduce((sum, layer) => sum + layerBytes(model, layer), 0);
  const { models } = house(weights + headBytes(model) + 2 * rangeCacheBytes(model, all, 64));
  const first = await models.lend(served, 64);
  expect(await models.lend(served, 64)).toBeDefined();
  expect(await models.lend(served, 64)).toBeUndefined();
  first!.release();
  first!.release();
  expect(await models.lend(served, 64)).toBeDefined();
  expect(await models.lend(served, 64)).toBeUndefined();
  models.drop();
});
