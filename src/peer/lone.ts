/** A peer with nobody else: it runs models on this device for its own page, reaches no relay, and lends nothing. */
import { generateKeyPair } from '@libp2p/crypto/keys';
import { systemClock } from '../base/clock.ts';
import { createLastingEngine } from '../engine/lasting-engine.ts';
import { httpSource } from '../model/http-source.ts';
import { parseModelRef } from '../model/model-ref.ts';
import { createLibp2pNetwork } from '../network/libp2p/create-libp2p-network.ts';
import { openSettings } from '../network/settings.ts';
import { connectDesk } from '../pod/document/connect-desk.ts';
import { openIdbStore } from '../store/idb-store.ts';
import { browserWrappingKey } from '../store/wrapping-key.ts';
import { createPeer } from './create-peer.ts';
import { openHub } from './hub.ts';
import { engineStarter, oneTabAtATime, startGrammarWorker, startStateWorker } from './page-workers.ts';
import type { Peer } from './peer.ts';
import { Sources } from './sources.ts';

const ownBytes = 2e9;

export interface ModelOffer {
  readonly bytes: number;
  /** Host name of where it comes from. */
  readonly from: string;
  readonly name: string;
}

/** Asks the server for the size, which brings 32 KiB of the file's header and no weights. Throws as httpSource does. */
export async function offerOf(model: string, signal?: AbortSignal): Promise<ModelOffer> {
  const { name, url } = parseModelRef(model);
  return { name, from: new URL(url).host, bytes: await httpSource(model).size(signal) };
}

export async function startLonePeer(): Promise<Peer> {
  const store = await openIdbStore();
  // Nobody meets it, so it is somebody else each time; a frame whose browser keeps nothing for it has no locks either.
  const privateKey = await generateKeyPair('Ed25519');
  const [engine, network, hub, settings] = await Promise.all([
    createLastingEngine(engineStarter(new URL(location.href)), systemClock),
    createLibp2pNetwork({ privateKey, relays: [], listen: [], iceServers: [] }),
    openHub(store),
    openSettings(store),
  ]);
  return createPeer({
    store,
    network,
    settings,
    engine,
    sources: new Sources(undefined, () => hub.origin.peek()),
    hub,
    startGrammarWorker,
    identity: { privateKey, slot: 0 },
    desk: connectDesk(startStateWorker, systemClock),
    lentBytes: 0,
    ownBytes,
    wrappingKey: browserWrappingKey,
    inTurn: oneTabAtATime,
  });
}
