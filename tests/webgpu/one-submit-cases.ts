/** A stage and a head on one device: what a token costs them, and that it is the token which all logits give. */

import type { ModelId, SessionId } from '../../src/base/brand.ts';
import { MiB } from '../../src/base/bytes.ts';
import { systemClock } from '../../src/base/clock.ts';
import { LiveValue } from '../../src/base/live.ts';
import { seededRandom } from '../../src/base/random.ts';
import type { Engine } from '../../src/engine/engine.ts';
import { type Case, same } from '../../src/engine/engine-contract-cases.ts';
import { createLastingEngine } from '../../src/engine/lasting-engine.ts';
import { sample } from '../../src/engine/sampling.ts';
import { greedy, type Sampling } from '../../src/engine/stage.ts';
import { type TinyArchitecture, tinyModel } from '../../src/engine/tiny-model.ts';
import { blobSource } from '../../src/model/blob-source.ts';
import { createModelLibrary } from '../../src/model/library.ts';
import { createMemoryWorld } from '../../src/network/memory-network.ts';
import { createPod } from '../../src/pod/create-pod.ts';
import type { DraftPolicy } from '../../src/pod/draft-policy.ts';
import { overWire } from '../../src/pod/half-rows.ts';
import { measuredDrafting } from '../../src/pod/speculation.ts';
import { createMemoryStore } from '../../src/store/memory-store.ts';
import type { GoldenFiles } from '../goldens/golden-cases.ts';
import { noDocuments } from '../pod/no-documents.ts';
import { a, b } from './around.ts';
import { type Counts, counted, reset } from './counted.ts';

const undrafted: DraftPolicy = { readPrompt: () => {}, count: () => 0, observe: () => {} };
const sampled: Sampling = { temperature: 1, topK: 40, topP: 0.95, minP: 0, seed: 3 };

export const oneSubmitCases = (create: () => Promise<Engine>, files: GoldenFiles): Case[] => [
  {
    name: 'a token takes one submit and one readback where the head is on the device of the last layers',
    run: () =>
      counted(async counts => {
        for (const architecture of ['qwen3', 'gemma3', 'qwen35'] as const)
          await answers(await create(), architecture, counts);
      }),
  },
  {
    name: 'rows that go elsewhere cost no head its work, whoever goes along with them',
    run: () => counted(async counts => elsewhere(await create(), counts)),
  },
  {
    name: 'a peer that is alone in its pod takes one submit and one readback a token',
    run: () => counted(counts => alone(create, files, counts)),
  },
];

/** All layers and the head, and sessions that are fed token by token. */
async function load(engine: Engine, architecture: TinyArchitecture, ...sessions: SessionId[]) {
  const { model, read } = tinyModel(architecture);
  const stage = await engine.stage(model, { first: 0, last: 4 }, read);
  const head = await engine.head(model, read);
  for (const session of sessions) await stage.open(session, 32);
  const { width } = model.hyper;
  /** Answers the last row of each. */
  const feed = async (position: number, tokens: readonly number[], ...into: SessionId[]) => {
    const hidden = await head.embed(into.flatMap(() => tokens));
    const rows = into.map(session => ({ session, position, count: tokens.length }));
    const result = await stage.forward(rows, hidden);
    return into.map((_, index) => {
      const end = (index + 1) * tokens.length * width;
      return result.slice(end - width, end);
    });
  };
  return { model, read, head, feed };
}

async function answers(engine: Engine, architecture: TinyArchitecture, counts: Counts): Promise<void> {
  const { head, feed } = await load(engine, architecture, a, b);
  for (const [session, sampling] of [
    [a, greedy],
    [b, sampled],
  ] as const) {
    let tokens = [1, 2, 3, 4, 5];
    // The embeddings of the very best tokens come along; one that is drawn from 40 need not be among them.
    if (sampling !== greedy) await head.embed(Array.from({ length: 128 }, (_, token) => token));
    for (let position = 0; position < 20; ) {
      const end = position + tokens.length;
      reset(counts);
      const [row] = await feed(position, tokens, session);
      const { token } = await head.next(row!, sampling, end);
      if (position > 0) {
        same(counts.submits, 1, `${architecture}: submits at ${position}`);
        same(counts.readbacks, 1, `${architecture}: readbacks at ${position}`);
      }
      same(token, sample(await head.logits(row!), sampling, end), `${architecture}: token at ${position}`);
      tokens = [token];
      position = end;
    }
  }
  await engine.close();
}

async function elsewhere(engine: Engine, counts: Counts): Promise<void> {
  const { model, read, head, feed } = await load(engine, 'qwen3', a, b);
  await head.embed([7]);
  const step = async (position: number) => {
    reset(counts);
    const [ofA, ofB] = await feed(position, [7], a, b);
    return { ofA: ofA!, ofB: ofB!, dispatches: counts.dispatches };
  };
  const { dispatches: ofLayers } = await step(0);
  const first = await step(1);
  same(first.dispatches, ofLayers, 'dispatches for rows that no head was handed');
  await head.next(first.ofA, greedy, 2);
  const second = await step(2);
  same(second.dispatches, ofLayers + 3, 'dispatches after a row that a head was handed');
  await head.next(overWire(second.ofA, second.ofA.length), greedy, 3);
  const third = await step(3);
  same(third.dispatches, ofLayers, 'dispatches after a row that was rounded on its way');

  await head.next(third.ofA, greedy, 4);
  await head.next(third.ofB, greedy, 4);
  const { ofA, ofB } = await step(4);
  const drawn = [await head.next(ofA, sampled, 5), await head.next(ofB, sampled, 5)];
  same(counts.submits, 1, 'submits for two answers');
  const expected = [ofA, ofB].map(async row => sample(await head.logits(row), sampled, 5));
  same(drawn.map(({ token }) => token).join(), (await Promise.all(expected)).join(), 'their tokens');

  const other = await engine.head(model, read);
  await other.next((await step(5)).ofA, greedy, 6);
  await other.dispose();
  same((await step(6)).dispatches, ofLayers, 'dispatches after the head is gone');
  await engine.close();
}

async function alone(create: () => Promise<Engine>, files: GoldenFiles, counts: Counts): Promise<void> {
  const { prompt, exactGreedy } = await files.answers('tiny-qwen3-f32');
  const model = 'tiny' as ModelId;
  const source = blobSource(await files.model('tiny-qwen3-f32'), model, model);
  const random = seededRandom(1);
  const engine = await createLastingEngine(() => create(), systemClock);
  const pod = createPod({
    network: createMemoryWorld({ clock: systemClock, random }).join('alone'),
    engine,
    library: createModelLibrary({ store: createMemoryStore(), resolve: () => source }),
    clock: systemClock,
    random,
    memoryBytes: new LiveValue(64 * MiB),
    documents: noDocuments(),
    // A trip with drafts reads what the head makes of each row, where it pays by what is measured.
    drafting: () => ({ ...measuredDrafting(), policy: undrafted }),
  });
  await pod.serve(model, 'tiny');
  const maxTokens = 8;
  const request = { model, prompt, maxTokens, sampling: greedy, endTokens: new Set<number>() };
  const tokens: number[] = [];
  for await (const event of pod.generate(request)) {
    if (event.kind !== 'token') continue;
    if (tokens.length > 0) {
      same(counts.submits, 1, `submits for token ${tokens.length}`);
      same(counts.readbacks, 1, `readbacks for token ${tokens.length}`);
    }
    tokens.push(event.token);
    reset(counts);
  }
  const expected = exactGreedy.slice(0, maxTokens).map(({ token }) => token);
  same(tokens.join(), expected.join(), 'the tokens');
  await pod.close();
  await engine.close();
}
