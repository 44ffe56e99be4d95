/** A whole peer of one, made of real parts: the embedded model on the CPU engine in its worker, in a pod that nobody else joined. */
import { openAsBlob } from 'node:fs';
import type { SessionId } from '../../src/base/brand.ts';
import { GiB } from '../../src/base/bytes.ts';
import { systemClock } from '../../src/base/clock.ts';
import { LiveValue } from '../../src/base/live.ts';
import { seededRandom } from '../../src/base/random.ts';
import { createLastingEngine } from '../../src/engine/lasting-engine.ts';
import { greedy } from '../../src/engine/stage.ts';
import { blobSource } from '../../src/model/blob-source.ts';
import { createModelLibrary } from '../../src/model/library.ts';
import { promptTokens } from '../../src/model/prompt.ts';
import { createMemoryWorld } from '../../src/network/memory-network.ts';
import { nodeEngine } from '../../src/node/engine.ts';
import { startGrammarWorker } from '../../src/node/grammar-worker.ts';
import { LocalChain } from '../../src/node/local-chain.ts';
import { embeddedModel } from '../../src/peer/embedded.ts';
import { createPod } from '../../src/pod/create-pod.ts';
import type { Pod } from '../../src/pod/pod.ts';
import { createRouter } from '../../src/router/create-router.ts';
import { Grammars } from '../../src/router/grammar/grammars.ts';
import { createPodDestination } from '../../src/router/pod-destination.ts';
import type { ChatMessage, Router } from '../../src/router/request.ts';
import { createMemoryStore } from '../../src/store/memory-store.ts';
import { noDocuments } from '../pod/no-documents.ts';

export interface GuidePeer {
  readonly router: Router;
  /** How the pod was used: answers under way, and tokens that they gave, all told. */
  readonly work: { running: number; tokens: number };
  /** The greedy answer without pod, router and API: one stage, token by token. */
  expected(messages: readonly ChatMessage[]): Promise<Expected>;
  close(): Promise<void>;
}

export interface Expected {
  readonly text: string;
  readonly prompt: number;
  readonly tokens: number;
  /** Those of the answer's tokens: tokens x vocabulary. */
  readonly logits: Float32Array;
}

/** `path` is a model's file, from this folder; `cpu` the engine. */
export async function startGuidePeer(
  path = '../../public/models/guide.gguf',
  cpu: 'exact' | 'fast' = 'exact',
): Promise<GuidePeer> {
  const file = await openAsBlob(new URL(path, import.meta.url).pathname);
  const source = blobSource(file, 'guide', embeddedModel.id);
  const library = createModelLibrary({ store: createMemoryStore(), resolve: () => source });
  const engine = await nodeEngine('cpu', cpu);
  const random = seededRandom(1);
  const pod = createPod({
    network: createMemoryWorld({ clock: systemClock, random }).join('alone'),
    engine: await createLastingEngine(async () => engine, systemClock),
    library,
    clock: systemClock,
    random,
    memoryBytes: new LiveValue(GiB),
    documents: noDocuments(),
  });
  await pod.serve(embeddedModel.id, embeddedModel.name);

  const work = { running: 0, tokens: 0 };
  const generate: Pod['generate'] = async function* (request, signal) {
    work.running++;
    try {
      for await (const event of pod.generate(request, signal)) {
        if (event.kind === 'token') work.tokens++;
        yield event;
      }
    } finally {
      work.running--;
    }
  };

  const grammars = new Grammars(startGrammarWorker, systemClock);
  const inPod = createPodDestination({
    pod: { state: pod.state, generate },
    library,
    grammars,
    clock: systemClock,
    random: seededRandom(2),
  });
  return {
    router: createRouter({ destinations: async () => [inPod], clock: systemClock, random }),
    work,
    async expected(messages) {
      const open = await library.open(embeddedModel.id);
      const { read } = await library.loader(embeddedModel.id);
      const chain = await LocalChain.load(engine, open.model, read, 1);
      const prompt = promptTokens(open, messages);
      const room = open.model.hyper.context - prompt.length;
      const session = 'expected' as SessionId;
      await chain.open(session, open.model.hyper.context);
      const tokens: number[] = [];
      for await (const token of chain.generate(session, prompt, room, greedy, open.tokenizer.endTokens))
        tokens.push(token);
      const again = 'again' as SessionId;
      await chain.open(again, open.model.hyper.context);
      const rows = await chain.forward(again, [...prompt, ...tokens], 0);
      const { width } = open.model.hyper;
      const logits = await chain.head.logits(rows.slice((prompt.length - 1) * width, -width));
      await chain.dispose();
      const stream = open.tokenizer.stream();
      const text = tokens.map(token => stream.push(token)).join('') + stream.end();
      return { text, prompt: prompt.length, tokens: tokens.length, logits };
    },
    async close() {
      grammars.close();
      await pod.close();
      await engine.close();
    },
  };
}
