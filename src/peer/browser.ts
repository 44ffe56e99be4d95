/** The peer of a browser tab. */
import type { PeerId } from '../base/brand.ts';
import { systemClock } from '../base/clock.ts';
import { TabmeshError } from '../base/error.ts';
import { createLastingEngine } from '../engine/lasting-engine.ts';
import { httpSource } from '../model/http-source.ts';
import { takeIdentity } from '../network/identity.ts';
import { createLibp2pNetwork } from '../network/libp2p/create-libp2p-network.ts';
import type { ConfigurableNetwork } from '../network/libp2p/libp2p-network.ts';
import { asRtcIceServer, type NetworkSettings, openSettings } from '../network/settings.ts';
import { connectDesk } from '../pod/document/connect-desk.ts';
import { createWebLlm, openShelf } from '../router/whole/web-llm.ts';
import { StoredWholeModels } from '../router/whole/whole-models.ts';
import { openIdbStore } from '../store/idb-store.ts';
import type { Store } from '../store/store.ts';
import { browserWrappingKey } from '../store/wrapping-key.ts';
import { fetchBootstrap, findHost, relayAddress } from './bootstrap.ts';
import { type ContributionSettings, presets } from './contribution-settings.ts';
import { createPeer } from './create-peer.ts';
import { embeddedModel } from './embedded.ts';
import { hiddenForLong } from './hidden.ts';
import { Home } from './home.ts';
import { HostPod } from './host-pod.ts';
import { openHub } from './hub.ts';
import { hasLeft, noteLeaving } from './left.ts';
import { engineStarter, oneTabAtATime, startGrammarWorker, startStateWorker } from './page-workers.ts';
import type { Peer } from './peer.ts';
import { publicAddressServer } from './public-address.ts';
import { Siblings } from './siblings.ts';
import { Sources } from './sources.ts';
import { type Device, type PressureObserverConstructor, surroundingsOf } from './surroundings.ts';
import { typingIn } from './typing.ts';

/** What the tap on Lend gives to the pod of this machine's own process: that pod is the person's own, so nothing is held back for it. */
const atHome: ContributionSettings = { ...presets.full, memoryBytes: 1e9 };
const ownBytes = 2e9;
const insecure =
  'Browsers give a page keys, locks and the GPU only at https:// or on the machine itself. Open this page at an https:// address, or at http://127.0.0.1.';

/**
 * Starts the peer of this tab and brings it home: into the pod that it was in, or that of the process that served
 * the page. `onNetwork` is called as soon as there is a network, so that its first steps can be seen. `?gpu=software` lets a simulated GPU compute, for tests.
 */
export async function startBrowserPeer(
  onNetwork: (network: ConfigurableNetwork) => void = () => {},
): Promise<Peer> {
  if (!isSecureContext) throw new TabmeshError('unsupported', 'peer', insecure);
  const page = new URL(location.href);
  page.hash = '';
  const store = await openIdbStore();
  const host = await findHost(page, store);
  const near = host?.near === true;
  const identity = await takeIdentity(store, navigator.locks);
  const siblings = await Siblings.join(navigator.locks);
  const settings = await openSettings(store);
  const choice = () => networkChoice(settings.peek(), near, host && relayAddress(page, host.peer));
  const [engine, network] = await Promise.all([
    createLastingEngine(engineStarter(page), systemClock),
    createLibp2pNetwork({
      privateKey: identity.privateKey,
      allowPrivateAddresses: near,
      ...choice(),
    }),
  ]);
  onNetwork(network);
  settings.subscribe(() => network.configure(choice()));
  const hub = await openHub(store);
  const sources = new Sources(undefined, () => hub.origin.peek());
  sources.add(httpSource(new URL(embeddedModel.path, page).href, { id: embeddedModel.id }));
  const peer = await createPeer({
    store,
    network,
    settings,
    engine,
    sources,
    hub,
    startGrammarWorker,
    identity,
    desk: connectDesk(startStateWorker, systemClock),
    lentBytes: 0,
    ...(near ? { usual: atHome } : {}),
    ownBytes,
    siblings,
    onNetworkBack: listener => addEventListener('online', listener),
    surroundings: surroundingsOf(
      navigator as Device,
      { hidden: hiddenForLong(document, systemClock), typing: typingIn(document, systemClock) },
      systemClock,
      (globalThis as { PressureObserver?: PressureObserverConstructor }).PressureObserver,
    ),
    wrappingKey: browserWrappingKey,
    inTurn: oneTabAtATime,
    whole: await openWhole(store),
  });

  const home = new Home(store, identity.slot);
  const hostPod = host?.near
    ? new HostPod({
        pod: peer.pod,
        network,
        host: host.peer as PeerId,
        invite: askInvite(page),
        hasLeft,
      })
    : undefined;
  if (!(await home.enter(peer.pod)) && !hasLeft()) await hostPod?.join();
  const unfollow = home.follow(peer.pod, id => hostPod?.has(id) ?? false);
  const stopNoting = noteLeaving(peer.pod);
  // Wherever it goes, it brings the embedded model, so that every pod can answer.
  await peer.pod.serve(embeddedModel.id, embeddedModel.name);

  // A tab that closes says goodbye, so that the others need not wait for its silence.
  addEventListener('pagehide', () => {
    unfollow();
    stopNoting();
    hostPod?.stop();
    void peer.stop();
  });
  // The browser may bring the page back as it was, but its peer has said goodbye.
  addEventListener('pageshow', ({ persisted }) => {
    if (persisted) location.reload();
  });
  return host?.dataFolder === undefined ? peer : { ...peer, hostFolder: host.dataFolder };
}

/** The relays that a person named come beside that of the process which served the page. */
function networkChoice({ relays, iceServers }: NetworkSettings, near: boolean, hostRelay?: string) {
  const ownChoice = near ? [] : [{ urls: [publicAddressServer] }];
  return {
    relays: hostRelay === undefined ? relays : [hostRelay, ...relays],
    iceServers: (iceServers ?? ownChoice).map(asRtcIceServer),
  };
}

async function openWhole(store: Store) {
  const models = await StoredWholeModels.open({ store, shelf: openShelf, gpu: askGpu });
  const startWorker = () =>
    new Worker(new URL('../../workers/web-llm.ts', import.meta.url), { type: 'module' });
  const catalogue = async () => (await openShelf()).catalogue;
  return { models, engine: createWebLlm({ startWorker, catalogue }) };
}

async function askGpu() {
  const adapter = await navigator.gpu?.requestAdapter();
  if (!adapter) return undefined;
  return { features: adapter.features, bindingBytes: adapter.limits.maxStorageBufferBindingSize };
}

const askInvite = (page: URL) => async () => (await fetchBootstrap(page))?.invite;
