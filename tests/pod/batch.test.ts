import { openAsBlob } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import type { SessionId } from '../../src/base/brand.ts';
import { seededRandom } from '../../src/base/random.ts';
import { createCpuEngine } from '../../src/engine/cpu/cpu-engine.ts';
import type { Stage } from '../../src/engine/stage.ts';
import { blobSource } from '../../src/model/blob-source.ts';
import { openModel } from '../../src/model/open.ts';
import { Batch } from '../../src/pod/batch.ts';

const path = fileURLToPath(new URL('../fixtures/tiny-qwen3-q4_k_m.gguf', import.meta.url));
const source = blobSource(await openAsBlob(path), 'tiny');
const { model } = await openModel(source);
const read = async (name: string) => {
  const { offset, bytes } = model.tensors.get(name)!;
  return source.read(offset, offset + bytes);
};
const { width } = model.hyper;

/** A real stage that tells the sessions of each of its passes. */
async function watched(sessions: SessionId[], capacity = 64): Promise<{ stage: Stage; passes: string[] }> {
  const real = await createCpuEngine().stage(model, { first: 1, last: 3 }, read);
  for (const session of sessions) await real.open(session, capacity);
  const passes: string[] = [];
  const forward: Stage['forward'] = (rows, hidden) => {
    passes.push(rows.map(each => `${each.session}${each.position}+${each.count}`).join(' '));
    return real.forward(rows, hidden);
  };
  const { layers, weightBytes } = real;
  const stage: Stage = {
    layers,
    weightBytes,
    forward,
    open: (session, capacity) => real.open(session, capacity),
    rewind: (session, length) => real.rewind(session, length),
    close: session => real.close(session),
    dispose: () => real.dispose(),
  };
  return { stage, passes };
}

const [a, b, c] = ['a', 'b', 'c'] as SessionId[] as [SessionId, SessionId, SessionId];
const random = seededRandom(5);
const rows = (count: number) => Float32Array.from({ length: count * width }, () => random.next() - 0.5);

test('rows of several sessions that wait share a pass, each in order, each as if alone', async () => {
  const work = [
    { session: a, position: 0, count: 3, hidden: rows(3) },
    { session: a, position: 3, count: 1, hidden: rows(1) },
    { session: b, position: 0, count: 2, hidden: rows(2) },
    { session: c, position: 0, count: 1, hidden: rows(1) },
  ];
  const alone = await watched([a, b, c]);
  const expected: Float32Array[] = [];
  for (const each of work) expected.push(await alone.stage.forward([each], each.hidden.slice()));
  const { stage, passes } = await watched([a, b, c]);
  const batch = new Batch(stage);
  const results = await Promise.all(
    work.map(each => batch.run(each.session, each.position, each.count, each.hidden.slice())),
  );
  expect(results).toEqual(expected);
  expect(passes).toEqual(['a0+3 b0+2 c0+1', 'a3+1']);
});

test('a session that ends while it waits does not spoil the pass of the others', async () => {
  const { stage } = await watched([a, b]);
  const batch = new Batch(stage);
  const [ended, going] = [batch.run(a, 0, 1, rows(1)), batch.run(b, 0, 1, rows(1))];
  const outcome = ended.catch((error: unknown) => String(error));
  batch.drop(a);
  await stage.close(a);
  expect(await outcome).toContain('ended');
  expect(await going).toHaveLength(width);
});

test('rows that a stage refuses fail alone', async () => {
  const { stage, passes } = await watched([a, b, c]);
  const batch = new Batch(stage);
  const wrong = [batch.run(a, 5, 1, rows(1)), batch.run(c, 0, 1, rows(1).fill(Number.NaN))];
  const right = batch.run(b, 0, 2, rows(2));
  const outcomes = await Promise.allSettled(wrong);
  expect(outcomes.map(each => each.status)).toEqual(['rejected', 'rejected']);
  expect(await right).toHaveLength(2 * width);
  expect(passes).toEqual(['a5+1 c0+1 b0+2', 'a5+1', 'c0+1', 'b0+2']);
  expect(await batch.run(b, 2, 1, rows(1))).toHaveLength(width);
});

test("a long prompt holds up nobody's next token for more than one chunk, and two prompts take turns", async () => {
  const { stage, passes } = await watched([a, b, c], 512);
  const batch = new Batch(stage);
  const all = [0, 1, 2, 3].map(chunk => batch.run(a, 64 * chunk, 64, rows(64)));
  await all[0];
  all.push(batch.run(c, 0, 1, rows(1)), batch.run(b, 0, 64, rows(64)), batch.run(b, 64, 64, rows(64)));
  await Promise.all(all);
  expect(passes).toEqual(['a0+64', 'a64+64 c0+1', 'b0+64', 'a128+64', 'b64+64', 'a192+64']);
});
