import { toHex } from '../../base/bytes.ts';
import { within } from '../../base/deadline.ts';
import { isKind, TabmeshError, toError } from '../../base/error.ts';
import { dialMs, federationLookMs, federationTriesMax } from '../../base/limits.ts';
import { peerName } from '../../network/peer-name.ts';
import type { Federation, Pass } from '../../pod/federation/federation.ts';
import type { Contact } from '../../pod/pod-message.ts';
import type { Destination } from '../destination.ts';
import { askPeer } from '../remote/ask-peer.ts';
import { type CompletionEvent, type CompletionRequest, wantedModels } from '../request.ts';
import { reach } from './ask-terms.ts';
import { type FederatedPods, notNamed } from './federated-pods.ts';

/** The pods that ours is federated with. */
export const federatedDestinations = (pods: FederatedPods): Destination[] =>
  pods.links().map(link => createFederatedDestination(pods, link));

/** Another pod, asked at one of its members, which reads the whole conversation. */
export function createFederatedDestination(pods: FederatedPods, link: Federation): Destination {
  const { clock, random, network, pod } = pods.parts;
  const name = `the pod "${link.name}"`;

  const find = (request: CompletionRequest): string | TabmeshError => {
    const known = pods.look(link);
    if (!known?.terms) return known?.error ?? silent(name);
    const { models } = known.terms;
    const model = wantedModels(request).find(wanted => models.includes(wanted));
    if (model !== undefined) return model;
    const reason = `It serves no model called "${request.model.slice(0, 100)}".`;
    return new TabmeshError('not-found', 'router', reason);
  };

  const refusal = async (request: CompletionRequest): Promise<TabmeshError | undefined> => {
    if (request.constraints?.minMemoryBytes !== undefined) return untold();
    // Only before anything was ever heard of it; later what is known counts.
    if (!pods.look(link))
      await within(
        clock,
        federationLookMs,
        () => silent(name),
        () => pods.ask(link),
      ).catch(() => {});
    const model = find(request);
    return model instanceof TabmeshError ? model : undefined;
  };

  async function* complete(
    request: CompletionRequest,
    signal?: AbortSignal,
  ): AsyncGenerator<CompletionEvent, void, void> {
    const model = find(request);
    if (model instanceof TabmeshError) throw model;
    const pass = await pod.federation.pass(link.pod);
    if (!pass) throw notNamed();
    let last: TabmeshError | undefined;
    for (const contact of pods.contacts(link).slice(0, federationTriesMax)) {
      let spoke = false;
      try {
        for await (const event of askOne({ ...request, model }, contact, pass, signal)) {
          spoke ||= event.kind !== 'step' && event.kind !== 'route';
          yield event;
        }
        return;
      } catch (error) {
        const failed = toError(error, 'router');
        if (spoke || signal?.aborted || !another.some(kind => isKind(failed, kind))) throw failed;
        last = sooner(last, failed);
      }
    }
    throw last ?? silent(name);
  }

  async function* askOne(
    request: CompletionRequest,
    contact: Contact,
    pass: Pass,
    signal?: AbortSignal,
  ): AsyncGenerator<CompletionEvent, void, void> {
    const who = `${peerName(contact.peer)} of ${name}`;
    const notThere = () => new TabmeshError('timeout', 'router', `${who} does not answer.`);
    await within(clock, dialMs, notThere, limit => reach({ network }, contact, limit), signal);
    yield* askPeer(
      {
        network,
        clock,
        peer: contact.peer,
        name: who,
        from: pass,
        id: toHex(random.bytes(16)),
        request,
        route: () => ({
          kind: 'federated',
          hops: [],
          provider: who,
          reason: `In ${name}, which your pod is federated with: ${peerName(contact.peer)} reads the conversation and answers.`,
        }),
        onBill: async () => {},
      },
      signal,
    );
  }

  return {
    id: `federated ${link.offer}`,
    kind: 'federated',
    name,
    provider: link.name,
    refusal,
    models: async () => {
      const ours = new Set(pod.state.peek().models.map(each => each.name));
      const theirs = pods.look(link)?.terms?.models ?? [];
      return theirs
        .filter(each => !ours.has(each))
        .map(each => ({ kind: 'federated', name: each, provider: link.name }));
    },
    complete,
  };
}

/** Another member of it may answer where one is full or away. */
const another = ['full', 'unavailable', 'timeout', 'lost', 'unsupported'] as const;

/** Whoever has room first says how long to wait. */
function sooner(one: TabmeshError | undefined, other: TabmeshError): TabmeshError {
  if (one?.retryAfterMs === undefined) return other;
  return (other.retryAfterMs ?? Infinity) < one.retryAfterMs ? other : one;
}

const silent = (name: string) =>
  new TabmeshError('unavailable', 'router', `Nobody of ${name} has answered yet. Try again.`);

const untold = () =>
  new TabmeshError(
    'unsupported',
    'router',
    'How much its members lend is not told to other pods, so no memory can be asked of it. Ask without "minMemory".',
  );
