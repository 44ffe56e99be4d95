/** Pods in one process for benchmarks: real pods on the clock of the machine; only the network is simulated. */

import { openAsBlob } from 'node:fs';
import type { ModelId, PeerId } from '../../src/base/brand.ts';
import { MiB } from '../../src/base/bytes.ts';
import { systemClock } from '../../src/base/clock.ts';
import { LiveValue, until } from '../../src/base/live.ts';
import { systemRandom } from '../../src/base/random.ts';
import { createLastingEngine, type LastingEngine } from '../../src/engine/lasting-engine.ts';
import { greedy } from '../../src/engine/stage.ts';
import { blobSource } from '../../src/model/blob-source.ts';
import { createModelLibrary } from '../../src/model/library.ts';
import { createMemoryWorld } from '../../src/network/memory-network.ts';
import { nodeEngine } from '../../src/node/engine.ts';
import { createPod } from '../../src/pod/create-pod.ts';
import type { GenerateRequest, Pod } from '../../src/pod/pod.ts';
import type { Drafting } from '../../src/pod/speculation.ts';
import { createMemoryStore } from '../../src/store/memory-store.ts';
import { documentsOf } from '../../tests/pod/test-documents.ts';

const guide = new URL('../../public/models/guide.gguf', import.meta.url);
const model = 'guide' as ModelId;

export interface MemoryPod {
  readonly pods: readonly Pod[];
  /** The peer is gone without a goodbye, and its connections break. */
  kill(index: number): void;
  /** The peer falls silent, and nothing breaks. */
  freeze(index: number): void;
  close(): Promise<void>;
}

export const startEngines = (count: number): Promise<LastingEngine[]> =>
  Promise.all(
    Array.from({ length: count }, () => createLastingEngine(() => nodeEngine('cpu', 'fast'), systemClock)),
  );

/**
 * Peers that hold equal parts of the guide and copies of each other's, one on each engine, which stays the caller's;
 * `oneWayMs` between any two.
 */
export async function memoryPod(
  engines: readonly LastingEngine[],
  oneWayMs: number,
  drafting?: () => Drafting,
): Promise<MemoryPod> {
  const count = engines.length;
  const source = blobSource(await openAsBlob(guide), model, model);
  const world = createMemoryWorld({ clock: systemClock, random: systemRandom });
  world.latency(oneWayMs);
  const peers: { id: PeerId; pod: Pod & { close(): Promise<void> } }[] = [];
  for (const [index, engine] of engines.entries()) {
    const network = world.join(`peer-${index}`);
    const pod = createPod({
      network,
      engine,
      library: createModelLibrary({ store: createMemoryStore(), resolve: () => source }),
      clock: systemClock,
      random: systemRandom,
      memoryBytes: new LiveValue(64 * MiB),
      documents: documentsOf(network.self, createMemoryStore(), () => Date.now()),
      ...(drafting ? { drafting } : {}),
    });
    peers.push({ id: network.self, pod });
  }
  const pods = peers.map(({ pod }) => pod);
  await pods[0]!.create('Benchmark');
  pods[0]!.setSpread('wide');
  await pods[0]!.serve(model, 'guide');
  for (const pod of pods.slice(1)) await pod.join(await pods[0]!.invite('https://example.org/'));
  await Promise.all(pods.map(pod => spread(pod, count)));
  return {
    pods,
    kill: index => world.kill(peers[index]!.id),
    freeze: index => world.freeze(peers[index]!.id),
    async close() {
      for (const { id } of peers) world.thaw(id);
      await Promise.all(peers.map(({ pod }) => pod.close()));
    },
  };
}

/** Tokens that nothing was asked before, so that no session is gone on from. */
export const freshRequest = (seed: number, maxTokens: number): GenerateRequest => ({
  model,
  prompt: Array.from({ length: 8 }, (_, index) => (seed * 31 + index * 37) % 440),
  maxTokens,
  sampling: greedy,
  endTokens: new Set(),
});

/** When each token came, in milliseconds of performance.now(). */
export async function tokenTimes(
  pod: Pod,
  request: GenerateRequest,
  at = (_count: number) => {},
): Promise<number[]> {
  const times: number[] = [];
  for await (const event of pod.generate(request)) {
    if (event.kind !== 'token') continue;
    times.push(performance.now());
    at(times.length);
  }
  return times;
}

const spread = (pod: Pod, count: number) =>
  until(pod.state, ({ members, models }) => {
    const plan = models.find(each => each.id === model)?.plan;
    const isHeld = [...(plan?.assignments ?? []), ...(plan?.standbys ?? [])].every(({ peer, first, last }) =>
      members
        .find(member => member.id === peer)
        ?.holds.some(({ layers }) => layers.first === first && layers.last === last),
    );
    return members.length === count && plan?.assignments.length === count && isHeld;
  });
