/** Two pods of two members each on one simulated network, each peer with a router as `peer/` builds it. */

import { seededRandom } from '../../src/base/random.ts';
import { greedy } from '../../src/engine/stage.ts';
import { createRouter } from '../../src/router/create-router.ts';
import { AnswerAllies } from '../../src/router/federated/answer-allies.ts';
import { federatedDestinations } from '../../src/router/federated/federated-destination.ts';
import { FederatedPods } from '../../src/router/federated/federated-pods.ts';
import { Grammars } from '../../src/router/grammar/grammars.ts';
import { createPodDestination } from '../../src/router/pod-destination.ts';
import { CompleteService } from '../../src/router/remote/complete-service.ts';
import type { CompletionEvent, CompletionRequest, Router } from '../../src/router/request.ts';
import { watched } from '../../src/router/watched.ts';
import { anybody, guide, type PodWorld, podWorld, type TestPeer } from './pod-world.ts';

export const page = 'https://example.org/app';
export const limits = { requestsPerMinute: 8, tokensPerDay: 4_000 };

export interface Side {
  readonly peer: TestPeer;
  readonly router: Router;
  readonly pods: FederatedPods;
  readonly allies: AnswerAllies;
}

export function sideOf(house: PodWorld, peer: TestPeer, seed: number): Side {
  const { clock } = house;
  const random = seededRandom(seed);
  const grammars = new Grammars(() => {
    throw new Error('no grammar is needed here');
  }, clock);
  const { pod, library, network, store } = peer;
  const inPod = watched(createPodDestination({ pod, library, grammars, clock, random }));
  const pods = new FederatedPods({ self: peer.id, pod, network, clock, random });
  const allies = new AnswerAllies({
    self: peer.id,
    pod,
    inPod: inPod.answerer,
    isBusy: inPod.isBusy,
    store,
    clock,
    date: () => clock.date(),
  });
  new CompleteService({
    network,
    clock,
    mayAsk: id => peer.state().document?.members.some(each => each.peer === id) ?? false,
    answers: {
      // biome-ignore lint/correctness/useYield: nobody pays in these tests
      keys: async function* () {
        throw new Error('nobody pays here');
      },
    },
    allies,
  });
  const destinations = async () => [inPod.answerer, ...federatedDestinations(pods)];
  return { peer, router: createRouter({ destinations, clock, random }), pods, allies };
}

export interface FederatedWorld {
  readonly house: PodWorld;
  /** Serves the embedded model. */
  readonly lab: readonly [Side, Side];
  /** Serves nothing. */
  readonly office: readonly [Side, Side];
}

export async function federatedWorld(): Promise<FederatedWorld> {
  const house = await podWorld();
  const sides: Side[] = [];
  for (const name of ['lab-a', 'lab-b', 'office-a', 'office-b'])
    sides.push(sideOf(house, await house.peer(name), sides.length + 10));
  const [labA, labB, officeA, officeB] = sides as [Side, Side, Side, Side];
  await house.together(guide, labA.peer, labB.peer);
  await officeA.peer.pod.create('Office');
  await officeB.peer.pod.join(await officeA.peer.pod.invite(page, anybody));
  return { house, lab: [labA, labB], office: [officeA, officeB] };
}

export const asked = (more: Partial<CompletionRequest> = {}): CompletionRequest => ({
  model: guide,
  messages: [{ role: 'user', content: 'What is a pod?' }],
  maxTokens: 8,
  sampling: greedy,
  stop: [],
  ...more,
});

/** Time goes by until it is there. */
export async function whileTimePasses<T>(house: PodWorld, work: Promise<T>): Promise<T> {
  let done = false;
  const mark = () => {
    done = true;
  };
  work.then(mark, mark);
  while (!done) await house.clock.pass(20);
  return work;
}

export async function answer(house: PodWorld, { router }: Side, request: CompletionRequest) {
  const events: CompletionEvent[] = [];
  const taking = (async () => {
    for await (const event of router.complete(request)) events.push(event);
  })();
  const error: unknown = await whileTimePasses(house, taking).then(
    () => undefined,
    thrown => thrown,
  );
  const text = events.map(event => (event.kind === 'text' ? event.text : '')).join('');
  return { text, error, route: events.find(event => event.kind === 'route')?.route, end: events.at(-1) };
}
