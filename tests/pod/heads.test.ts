import { expect, test } from 'vitest';
import type { ModelId } from '../../src/base/brand.ts';
import { systemClock } from '../../src/base/clock.ts';
import { createCpuEngine } from '../../src/engine/cpu/cpu-engine.ts';
import type { Engine } from '../../src/engine/engine.ts';
import { createLastingEngine } from '../../src/engine/lasting-engine.ts';
import { createModelLibrary } from '../../src/model/library.ts';
import { Heads } from '../../src/pod/heads.ts';
import { createMemoryStore } from '../../src/store/memory-store.ts';
import { guide, sourceOf, tiny } from './pod-world.ts';

/** Real heads; `live` has the models of those that are in memory. */
async function house() {
  const sources = new Map([
    [tiny, await sourceOf(tiny)],
    [guide, await sourceOf(guide)],
  ]);
  const library = createModelLibrary({ store: createMemoryStore(), resolve: id => sources.get(id)! });
  const real = createCpuEngine();
  const live: ModelId[] = [];
  const engine: Engine = {
    ...real,
    device: real.device,
    lost: real.lost,
    stage: (...given) => real.stage(...given),
    close: () => real.close(),
    async head(model, ...given) {
      const head = await real.head(model, ...given);
      live.push(model.id);
      return {
        weightBytes: head.weightBytes,
        embed: tokens => head.embed(tokens),
        logits: hidden => head.logits(hidden),
        next: (...row) => head.next(...row),
        verify: (...rows) => head.verify(...rows),
        async dispose() {
          await head.dispose();
          live.splice(live.indexOf(model.id), 1);
        },
      };
    },
  };
  const heads = new Heads(await createLastingEngine(async () => engine, systemClock), library);
  const { signal } = new AbortController();
  const lease = async (id: ModelId) => heads.lease((await library.open(id)).model, signal, () => {});
  return { heads, lease, live, library };
}

test('of the heads that nobody uses only the last one stays', async () => {
  const { lease, live } = await house();
  const both = [await lease(tiny), await lease(guide)];
  const again = await lease(tiny);
  expect(again.head).toBe(both[0]!.head);
  expect(live).toEqual([tiny, guide]);
  for (const each of both) each.release();
  await new Promise(setImmediate);
  expect(live).toEqual([tiny, guide]);
  again.release();
  await new Promise(setImmediate);
  expect(live).toEqual([tiny]);
});

test('a head goes after its last answer, where the pod no longer serves its model', async () => {
  const { heads, lease, live } = await house();
  const { head, release } = await lease(tiny);
  heads.keep(new Set());
  expect(await head.embed([1])).toHaveLength(256);
  release();
  await new Promise(setImmediate);
  expect(live).toEqual([]);
});

test('a model that was opened anew gets its own head', async () => {
  const { lease, live, library } = await house();
  const old = await lease(tiny);
  library.forget(tiny);
  const anew = await lease(tiny);
  expect(anew.head).not.toBe(old.head);
  old.release();
  await new Promise(setImmediate);
  expect(live).toEqual([tiny]);
});
