/**
 * Guesses on their way against none, over two peers with 50 ms between them each way: the real pod, the
 * wasm engine and the clock of the machine; only the network is simulated. The model is the embedded guide, which says its
 * texts by heart. For `edit` the prompt holds such a text with every twelfth word changed and then the question, so that
 * the answer is the text put right; for `prose` the prompt is the question alone.
 */

import { openAsBlob } from 'node:fs';
import type { ModelId } from '../../src/base/brand.ts';
import { greedy } from '../../src/engine/stage.ts';
import { blobSource } from '../../src/model/blob-source.ts';
import { type OpenModel, openModel } from '../../src/model/open.ts';
import { promptTokens } from '../../src/model/prompt.ts';
import type { Trip } from '../../src/pod/draft-policy.ts';
import type { Pod } from '../../src/pod/pod.ts';
import { type Drafting, measuredDrafting } from '../../src/pod/speculation.ts';
import { median, type Row } from '../row.ts';
import { memoryPod, startEngines } from './memory-pod.ts';

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

const noCounts = (): Counts => ({ tokens: 0, trips: 0, rows: 0 });
const noDrafting = (): Drafting => ({
  drafters: [],
  policy: { readPrompt() {}, count: () => 0, observe() {} },
});

interface Counts {
  tokens: number;
  trips: number;
  rows: number;
}

/** What is measured decides, and is counted besides: counts are the same however busy the machine is. */
function countedDrafting(counts: Counts): Drafting {
  const { drafters, policy } = measuredDrafting();
  const observe = (trip: Trip) => {
    counts.tokens += trip.tokens.length;
    counts.trips += 1;
    counts.rows += 1 + trip.sent;
    policy.observe(trip);
  };
  const { readPrompt, count } = policy;
  return { drafters, policy: { readPrompt: readPrompt.bind(policy), count: count.bind(policy), observe } };
}

export async function speculation(): Promise<Row[]> {
  const open = await openModel(blobSource(await openAsBlob(guide), 'guide.gguf'));
  // Never both at work, so they share their engines.
  const engines = await startEngines(peerCount);
  const plain = await memoryPod(engines, oneWayMs, noDrafting);
  const counts = { edit: noCounts(), prose: noCounts() };
  let counted = counts.prose;
  const drafted = await memoryPod(engines, oneWayMs, () => countedDrafting(counted));
  const speeds = { edit: [] as Speeds[], prose: [] as Speeds[] };
  // By turns, so that what else the machine does slows both.
  for (const question of questions) {
    const compare = async (kind: 'edit' | 'prose', content: string): Promise<string> => {
      const without = await ask(open, plain.pods[0]!, content);
      counted = counts[kind];
      const { tokensPerSecond } = await ask(open, drafted.pods[0]!, content);
      speeds[kind].push({ plain: without.tokensPerSecond, ratio: tokensPerSecond / without.tokensPerSecond });
      return without.text;
    };
    const text = await compare('prose', question);
    const draft = text.split(' ').map((word, index) => (index % wordsPerChange === 5 ? 'thing' : word));
    await compare('edit', `${draft.join(' ')}\n\n${question}`);
  }
  await plain.close();
  await drafted.close();
  await Promise.all(engines.map(engine => engine.close()));
  return (['edit', 'prose'] as const).flatMap(kind => {
    const found = speeds[kind];
    const { tokens, trips, rows } = counts[kind];
    const ratio = median(found.map(each => each.ratio));
    const value = median(found.map(each => each.plain));
    return [
      { name: `ratio/speculation-${kind}`, value: ratio, unit: 'times the tokens/s' },
      { name: `speculation/plain-${kind}`, value, unit: 'tokens/s' },
      { name: `speculation/trips-${kind}`, value: trips / tokens, unit: 'trips a token' },
      { name: `speculation/rows-${kind}`, value: rows / tokens, unit: 'rows a token' },
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
