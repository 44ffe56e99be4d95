/**
 * Guesses on their way against none, over two peers with 50 ms between them each way: the real pod, the
 * wasm engine and the clock of the machine; only the network is simulated. The model is the embedded guide, which says its
 * texts by heart. For `edit` the prompt holds such a text with every twelfth word changed and then the question, so that
 * the answer is the text put right; for `prose` the prompt is the question alone.
 */

import { openAsBlob } from 'node:fs';
import type { ModelId } from '../../src/base/brand.ts';
import { MiB } from '../../src/base/bytes.ts';
import { systemClock } from '../../src/base/clock.ts';
import { LiveValue, until } from '../../src/base/live.ts';
import { systemRandom } from '../../src/base/random.ts';
import { createLastingEngine, type LastingEngine } from '../../src/engine/lasting-engine.ts';
import { greedy } from '../../src/engine/stage.ts';
import { blobSource } from '../../src/model/blob-source.ts';
import { createModelLibrary } from '../../src/model/library.ts';
import { type OpenModel, openModel } from '../../src/model/open.ts';
import { promptTokens } from '../../src/model/prompt.ts';
import { createMemoryWorld } from '../../src/network/memory-network.ts';
import { nodeEngine } from '../../src/node/engine.ts';
import { createPod } from '../../src/pod/create-pod.ts';
import type { Pod } from '../../src/pod/pod.ts';
import { type Drafting, measuredDrafting } from '../../src/pod/speculation.ts';
import { createMemoryStore } from '../../src/store/memory-store.ts';
import { documentsOf } from '../../tests/pod/test-documents.ts';
import { median, type Row } from '../row.ts';

const guide = new URL('../../public/models/guide.gguf', import.meta.url);
const model = 'guide' as ModelId;
const questions = [
  'What is a pod?',
  'What is Tabmesh?',
  'How do I join a pod?',
  'What is a relay?',
  'How is my text kept private?',
  'What is a peer ID?',
];
const wordsPerChange = 12;
const peerCount = 2;
const oneWayMs = 50;

const noDrafting = (): Drafting => ({
  drafter: { add() {}, draft: () => undefined },
  policy: { readPrompt() {}, count: () => 0, observe() {} },
});

export async function speculation(): Promise<Row[]> {
  const open = await openModel(blobSource(await openAsBlob(guide), 'guide.gguf'));
  const plain = await startPods(noDrafting);
  const drafted = await startPods(measuredDrafting);
  const speeds = { edit: [] as Speeds[], prose: [] as Speeds[] };
  // By turns, so that what else the machine does slows both.
  for (const question of questions) {
    const compare = async (kind: 'edit' | 'prose', content: string): Promise<string> => {
      const without = await ask(open, plain.pod, content);
      const { tokensPerSecond } = await ask(open, drafted.pod, content);
      speeds[kind].push({ plain: without.tokensPerSecond, ratio: tokensPerSecond / without.tokensPerSecond });
      return without.text;
    };
    const text = await compare('prose', question);
    const draft = text.split(' ').map((word, index) => (index % wordsPerChange === 5 ? 'thing' : word));
    await compare('edit', `${draft.join(' ')}\n\n${question}`);
  }
  await plain.close();
  await drafted.close();
  return Object.entries(speeds).flatMap(([kind, found]) => {
    const ratio = median(found.map(each => each.ratio));
    const value = median(found.map(each => each.plain));
    return [
      { name: `ratio/speculation-${kind}`, value: ratio, unit: 'times the tokens/s' },
      { name: `speculation/plain-${kind}`, value, unit: 'tokens/s' },
    ];
  });
}

interface Speeds {
  readonly plain: number;
  readonly ratio: number;
}

/** Tokens per second after the first. No pod is asked the same twice, so that no session is gone on from. */
async function ask(open: OpenModel, pod: Pod, content: string) {
  const prompt = promptTokens(open, [{ role: 'user', content }]);
  const { endTokens } = open.tokenizer;
  const tokens: number[] = [];
  let firstAt = 0;
  let lastAt = 0;
  const request = { model, prompt, maxTokens: 200, sampling: greedy, endTokens };
  for await (const event of pod.generate(request)) {
    if (event.kind !== 'token') continue;
    tokens.push(event.token);
    lastAt = performance.now();
    firstAt ||= lastAt;
  }
  const tokensPerSecond = ((tokens.length - 1) * 1000) / (lastAt - firstAt);
  return { text: open.tokenizer.decode(tokens), tokensPerSecond };
}

/** A pod whose peers hold equal parts of the model; the first one asks. */
async function startPods(drafting: () => Drafting) {
  const source = blobSource(await openAsBlob(guide), model, model);
  const world = createMemoryWorld({ clock: systemClock, random: systemRandom });
  world.latency(oneWayMs);
  const peers: { pod: Pod & { close(): Promise<void> }; engine: LastingEngine }[] = [];
  for (let index = 0; index < peerCount; index++) {
    const engine = await createLastingEngine(() => nodeEngine('cpu', 'fast'), systemClock);
    const network = world.join(`peer-${index}`);
    const pod = createPod({
      network,
      engine,
      library: createModelLibrary({ store: createMemoryStore(), resolve: () => source }),
      clock: systemClock,
      random: systemRandom,
      memoryBytes: new LiveValue(64 * MiB),
      documents: documentsOf(network.self, createMemoryStore(), () => Date.now()),
      drafting,
    });
    peers.push({ pod, engine });
  }
  const [first, ...others] = peers.map(({ pod }) => pod);
  await first!.create('Benchmark');
  first!.setSpread('wide');
  await first!.serve(model, 'guide');
  for (const other of others) await other.join(await first!.invite('https://example.org/'));
  await Promise.all([first!, ...others].map(spread));
  const close = async () => {
    for (const { pod, engine } of peers) {
      await pod.close();
      await engine.close();
    }
  };
  return { pod: first!, close };
}

/** All peers hold what the plan gives them. */
const spread = (pod: Pod) =>
  until(pod.state, ({ members, models }) => {
    const plan = models.find(each => each.id === model)?.plan;
    const isHeld = plan?.assignments.every(({ peer, first, last }) =>
      members
        .find(member => member.id === peer)
        ?.holds.some(({ layers }) => layers.first === first && layers.last === last),
    );
    return members.length === peerCount && (isHeld ?? false);
  });
