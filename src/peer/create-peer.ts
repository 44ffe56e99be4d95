import type { PeerId } from '../base/brand.ts';
import { systemClock } from '../base/clock.ts';
import { LiveValue } from '../base/live.ts';
import { systemRandom } from '../base/random.ts';
import type { LastingEngine } from '../engine/lasting-engine.ts';
import type { EnginePort } from '../engine/remote/port.ts';
import { createModelLibrary } from '../model/library.ts';
import type { OpenModel } from '../model/open.ts';
import type { Identity } from '../network/identity.ts';
import type { ConfigurableNetwork } from '../network/libp2p/libp2p-network.ts';
import { peerName } from '../network/peer-name.ts';
import { publicKeyOf } from '../network/public-key.ts';
import type { KeptSettings } from '../network/settings.ts';
import { createPod } from '../pod/create-pod.ts';
import type { Desk } from '../pod/document/desk.ts';
import type { GivingLimits } from '../pod/giving.ts';
import { createOwnKeys } from '../router/cloud/keys.ts';
import { builtInProviders } from '../router/cloud/providers.ts';
import { createRouter } from '../router/create-router.ts';
import { AnswerAllies } from '../router/federated/answer-allies.ts';
import { federatedDestinations } from '../router/federated/federated-destination.ts';
import { FederatedPods } from '../router/federated/federated-pods.ts';
import { Grammars } from '../router/grammar/grammars.ts';
import { GuestDesk } from '../router/guest/guest-desk.ts';
import { createPodDestination } from '../router/pod-destination.ts';
import { CompleteService } from '../router/remote/complete-service.ts';
import { heldToPurse } from '../router/treasury/held-to-purse.ts';
import { payForMember } from '../router/treasury/pay-for-member.ts';
import { Treasury } from '../router/treasury/treasury.ts';
import { treasuryDestinations } from '../router/treasury/treasury-destination.ts';
import { watched } from '../router/watched.ts';
import { createWholeDestination, type WholeEngine } from '../router/whole/whole-destination.ts';
import type { WholeModels } from '../router/whole/whole-models.ts';
import type { Store } from '../store/store.ts';
import { StoredChats } from './chats.ts';
import { Contribution } from './contribution.ts';
import { type ContributionSettings, presets } from './contribution-settings.ts';
import { Downloads, type DownloadsParts } from './downloads.ts';
import { erase } from './erase.ts';
import type { PeerHub } from './hub.ts';
import { Lending } from './lending.ts';
import { Models } from './models.ts';
import { noteUse } from './note-use.ts';
import type { Peer } from './peer.ts';
import type { Siblings } from './siblings.ts';
import type { Sources } from './sources.ts';
import { findStoredDraft } from './stored-drafts.ts';
import { StoredModels } from './stored-models.ts';
import { type Surroundings, steadySurroundings } from './surroundings.ts';

export interface PeerParts {
  readonly store: Store;
  readonly network: ConfigurableNetwork;
  readonly settings: KeptSettings;
  readonly engine: LastingEngine;
  readonly sources: Sources;
  readonly hub: PeerHub;
  /** See Downloads; where nobody shares the store there is nobody to wait for. */
  readonly inTurn?: DownloadsParts['inTurn'];
  /** A worker that runs serveGrammars; asked for when an answer is to be held to a form. */
  readonly startGrammarWorker: () => EnginePort;
  /** Signs what this peer says in the pod's document. */
  readonly identity: Pick<Identity, 'privateKey' | 'slot'>;
  readonly desk: Desk;
  /** Bytes lent to a pod where its person has not chosen; a tab lends nothing before a tap. */
  readonly lentBytes: number;
  /** What is lent by the first tap, unless its person chooses another amount. */
  readonly usual?: ContributionSettings;
  /** The other tabs of the same browser. */
  readonly siblings?: Siblings;
  /** Calls whenever the device has a network again. */
  readonly onNetworkBack?: (listener: () => void) => void;
  /** Of a tab: what it is on, and whether it is seen. */
  readonly surroundings?: Surroundings;
  /** Bytes that this peer may use for its own questions while it is alone. */
  readonly ownBytes: number;
  /** Guards the secrets in the store. */
  readonly wrappingKey: () => Promise<CryptoKey>;
  /** What runs models whole beside the pod's; in browsers alone. */
  readonly whole?: { readonly models: WholeModels; readonly engine: WholeEngine };
}

export async function createPeer({
  store,
  network,
  settings,
  engine,
  sources,
  hub,
  inTurn = (_, work) => work(),
  startGrammarWorker,
  identity,
  desk,
  lentBytes,
  usual = presets.balanced,
  siblings,
  onNetworkBack,
  surroundings = steadySurroundings,
  ownBytes,
  wrappingKey,
  whole,
}: PeerParts): Promise<Peer> {
  const disk = new LiveValue<number | undefined>(undefined);
  const library = createModelLibrary({
    store,
    resolve: id => sources.resolve(id),
    diskBytes: () => disk.peek(),
  });
  const lending = await Lending.open(store, lentBytes, siblings);
  const memory = new LiveValue(0);
  const stored = new StoredModels(store, Date.now);
  const limits = new LiveValue<GivingLimits>({ computeShare: 1, ownFirst: false });
  const pod = createPod({
    network,
    engine,
    library,
    clock: systemClock,
    random: systemRandom,
    memoryBytes: memory,
    limits,
    measures: true,
    hidden: surroundings.hidden,
    findDraft: findStoredDraft(store, stored),
    documents: {
      desk,
      store,
      publicKeyOf,
      sign: async bytes => identity.privateKey.sign(bytes),
      date: () => Date.now(),
    },
  });
  const contribution = await Contribution.open({
    store,
    lending,
    pod,
    surroundings,
    siblings,
    clock: systemClock,
    hour: () => new Date().getHours(),
    usual,
  });
  const follow = () => {
    const isAlone = pod.state.peek().id === undefined;
    const bytes = isAlone ? ownBytes : contribution.bytes.peek();
    if (bytes !== memory.peek()) memory.set(bytes);
    // Alone it computes for nobody else.
    disk.set(isAlone ? undefined : contribution.settings.peek().diskBytes);
  };
  const unfollow = [
    pod.state.subscribe(follow),
    contribution.bytes.subscribe(follow),
    contribution.settings.subscribe(follow),
    contribution.limits.subscribe(value => limits.set(value)),
  ];

  /** What cannot be remembered can be used all the same. */
  const unkept = () => undefined;
  const onStored = () => void stored.refresh().catch(unkept);
  const downloads = new Downloads({
    ...{ store, library, inTurn, onStored },
    clock: systemClock,
    now: Date.now,
    hashes: (id, signal) => hub.hashes(id, signal),
  });
  const onOpened = (open: OpenModel) => void stored.note(open).catch(unkept);
  await downloads.restore();
  onNetworkBack?.(() => downloads.retryNow());
  onStored();

  const chats = new StoredChats(store);
  const grammars = new Grammars(startGrammarWorker, systemClock);
  const using = noteUse({
    pod,
    clock: systemClock,
    note: id => void stored.used(id).catch(unkept),
  });
  const { answerer: inPod, isBusy } = watched(
    createPodDestination({ pod: using.pod, library, grammars, clock: systemClock, random: systemRandom }),
  );
  const wholes = whole ? [createWholeDestination({ ...whole, clock: systemClock })] : [];
  const own = createOwnKeys({
    store,
    wrappingKey,
    providers: builtInProviders,
    clock: systemClock,
    fetch: (...request) => fetch(...request),
  });

  const treasury = new Treasury({
    self: network.self,
    pod,
    network,
    store,
    clock: systemClock,
    random: systemRandom,
    date: Date.now,
    ownKeys: own.destinations,
  });
  const ownPrices = () => (treasury.isInPod ? treasury.prices(network.self) : new Map());
  const guests = new GuestDesk({ network, clock: systemClock, pod, inPod, date: Date.now });
  const isMember = (peer: PeerId) =>
    pod.state.peek().document?.members.some(each => each.peer === peer) ?? false;
  const federated = new FederatedPods({
    self: network.self,
    pod,
    network,
    clock: systemClock,
    random: systemRandom,
  });
  const allies = new AnswerAllies({
    self: network.self,
    pod,
    inPod,
    isBusy,
    store,
    clock: systemClock,
    date: Date.now,
  });
  const forOthers = new CompleteService({
    network,
    clock: systemClock,
    mayAsk: (peer, from) =>
      (from.includes('keys') && isMember(peer)) || (from.includes('guest') && guests.isGuest(peer)),
    answers: { keys: payForMember(treasury), guest: guests.answer },
    allies,
  });

  const { answerer: router, isBusy: isAsked } = watched(
    createRouter({
      destinations: async () => [
        inPod,
        ...wholes,
        ...federatedDestinations(federated),
        ...(await own.destinations()).map(each => heldToPurse(each, ownPrices)),
        ...treasuryDestinations(treasury),
      ],
      clock: systemClock,
      random: systemRandom,
    }),
  );

  return {
    id: network.self,
    name: peerName(network.self),
    slot: identity.slot,
    device: engine.device,
    storage: store.description,
    storageLasts: store.lasts,
    network: {
      status: network.status,
      connections: network.connections,
      relays: network.relays,
      settings,
      addresses: () => network.addresses(),
    },
    models: new Models({ sources, library, pod, onOpened }),
    downloads,
    stored,
    hub,
    pod,
    chats,
    router,
    keys: own.keys,
    treasury,
    federated: allies,
    ...(whole ? { whole: whole.models } : {}),
    lending,
    contribution,
    isAnswering: () => {
      const { answers, ownAnswers } = pod.given.peek();
      return answers + ownAnswers > 0 || isAsked() || forOthers.isBusy;
    },
    erase: what => erase(what, { store, keys: own.keys, chats, downloads, stored, whole: whole?.models }),
    async stop() {
      for (const stop of unfollow) stop();
      using.stop();
      contribution.close();
      grammars.close();
      siblings?.leave();
      guests.close();
      federated.close();
      forOthers.close();
      downloads.close();
      // A closing tab runs nothing after this turn: by its end the goodbyes are sent and the connections ended.
      await Promise.all([pod.close(), network.stop()]);
      await engine.close();
      await store.close();
    },
  };
}
