import type { SessionId } from '../../src/base/brand.ts';
import type { Engine } from '../../src/engine/engine.ts';
import { type Case, refused, same } from '../../src/engine/engine-contract-cases.ts';
import { greedy } from '../../src/engine/stage.ts';
import { tinyModel } from '../../src/engine/tiny-model.ts';
import { countBuffers } from './counted.ts';

const session = 'memory' as SessionId;

/** What the engine says that it holds, beside the buffers that there are. */
export const memoryCase = (create: (memoryBytes?: number) => Promise<Engine>): Case => ({
  name: 'memory is what the buffers take, to the byte, and a refusal makes none',
  run: () =>
    countBuffers(async aliveBytes => {
      const start = aliveBytes();
      const engine = await create();
      const compare = async (what: string) => {
        const { weights, caches, scratch } = await engine.memory();
        same(weights + caches + scratch, aliveBytes() - start, what);
      };
      const { model, read } = tinyModel('gemma3');
      const stage = await engine.stage(model, { first: 0, last: 4 }, read);
      await compare('after a stage');
      const head = await engine.head(model, read);
      await compare('after a head');
      await stage.open(session, 300);
      for (let position = 0; position < 300; position += 100) {
        const hidden = await head.embed(Array.from({ length: 100 }, (_, index) => (position + index) % 128));
        const rows = await stage.forward([{ session, position, count: 100 }], hidden);
        await head.next(rows.slice(-model.hyper.width), greedy, position + 100);
        await compare(`after ${position + 100} positions`);
      }
      await stage.dispose();
      await head.dispose();
      await compare('after all is disposed');
      const { weights, caches } = await engine.memory();
      same(weights + caches, 0, 'bytes left');
      await engine.close();

      const cramped = await create(100_000);
      const before = aliveBytes();
      await refused('full', cramped.stage(model, { first: 0, last: 4 }, read));
      await refused('full', cramped.head(model, read));
      same(aliveBytes(), before, 'bytes of buffers after refusals');
      await cramped.close();
    }),
});
