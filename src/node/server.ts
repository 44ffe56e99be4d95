/** The app, a relay, the OpenAI gateway and a headless peer in one process: what `npm start` starts. */
import { openAsBlob } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createApi } from '../api/openai.ts';
import { KeptResponses } from '../api/responses/kept-responses.ts';
import { systemClock } from '../base/clock.ts';
import { keptResponsesMax } from '../base/limits.ts';
import { systemRandom } from '../base/random.ts';
import { createLastingEngine } from '../engine/lasting-engine.ts';
import { blobSource } from '../model/blob-source.ts';
import { takeIdentity } from '../network/identity.ts';
import { createLibp2pNetwork } from '../network/libp2p/create-libp2p-network.ts';
import { asRtcIceServer, type NetworkSettings, openSettings } from '../network/settings.ts';
import type { Bootstrap } from '../peer/bootstrap.ts';
import { presets } from '../peer/contribution-settings.ts';
import { createPeer } from '../peer/create-peer.ts';
import { embeddedModel } from '../peer/embedded.ts';
import { openHub } from '../peer/hub.ts';
import type { Peer } from '../peer/peer.ts';
import { Sources } from '../peer/sources.ts';
import { connectDesk } from '../pod/document/connect-desk.ts';
import { openFilesStore } from '../store/files-store.ts';
import { announced } from './announced.ts';
import { ClientCallers } from './clients/client-callers.ts';
import { ClientKeys } from './clients/client-keys.ts';
import { nodeEngine } from './engine.ts';
import { fileLocks } from './file-locks.ts';
import { foreignFetch } from './foreign-fetch.ts';
import type { SeenRequest } from './gateway/app.ts';
import { startGateway } from './gateway/gateway.ts';
import { answerPlan } from './gateway/plan-route.ts';
import { startGrammarWorker } from './grammar-worker.ts';
import { freePort } from './listen.ts';
import { PageInvite } from './page-invite.ts';
import { startStateWorker } from './state-worker.ts';
import { passOn } from './upgrade.ts';
import { fileWrappingKey } from './wrapping-key.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));
/** What this process lends to its own pod: room for the embedded model many times over, little for a laptop. */
const lentBytes = 1e9;

export interface ServerOptions {
  readonly host: string;
  /** 0 takes any free one. */
  readonly port: number;
  readonly dataFolder: string;
  readonly device: 'auto' | 'cpu' | 'webgpu';
  /** Origins whose pages may call /v1. */
  readonly allowOrigins: readonly string[];
  /** Lets every machine that reaches the port call /v1. */
  readonly allowMachines: boolean;
  readonly onRequest?: (seen: SeenRequest) => void;
}

export interface Server {
  readonly url: string;
  readonly peer: Peer;
  /** Says goodbye to the pod, ends open answers, frees the port. */
  close(): Promise<void>;
}

/** Rejects with TabmeshError('unavailable' | 'denied' | 'invalid', 'node') where it cannot listen; then nothing runs. */
export async function startServer(options: ServerOptions): Promise<Server> {
  await using cleanup = new AsyncDisposableStack();
  // First of all, so that nothing has begun where the port is taken or HOST is wrong.
  const port = await freePort(options.host, options.port);
  // The relay's own port is open to this machine only; the gateway passes WebSockets on to it.
  const relayPort = await freePort('127.0.0.1');

  const store = await openFilesStore(options.dataFolder);
  const identity = await takeIdentity(store, fileLocks(join(options.dataFolder, 'locks')) as LockManager);
  cleanup.defer(() => identity.release());
  const settings = await openSettings(store);
  const network = await createLibp2pNetwork({
    privateKey: identity.privateKey,
    ...choiceOf(settings.peek()),
    listen: [`/ip4/127.0.0.1/tcp/${relayPort}/ws`],
    announce: announced(options.host, port),
    relayServer: true,
    allowPrivateAddresses: true,
  });
  cleanup.defer(() => network.stop());
  cleanup.defer(settings.subscribe(now => network.configure(choiceOf(now))));
  const cpu = options.device === 'auto' ? 'fast' : 'exact';
  const engine = await createLastingEngine(
    (device, signal) =>
      nodeEngine(device === 'cpu' ? device : options.device, cpu, signal, {
        dataFolder: options.dataFolder,
      }),
    systemClock,
  );
  cleanup.defer(() => engine.close());

  const hub = await openHub(store);
  const sources = new Sources(foreignFetch, () => hub.origin.peek());
  const guide = await openAsBlob(join(root, 'public', embeddedModel.path));
  sources.add(blobSource(guide, 'guide.gguf', embeddedModel.id));
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
    lentBytes,
    usual: { ...presets.full, memoryBytes: lentBytes },
    ownBytes: lentBytes,
    wrappingKey: () => fileWrappingKey(options.dataFolder),
  });
  cleanup.defer(() => peer.stop());
  await peer.pod.create('This machine');
  // Who tries it wants to see the tabs work together, and the embedded model would fit into any one of them.
  await peer.pod.setSpread('wide');
  await peer.pod.serve(embeddedModel.id, embeddedModel.name);
  const invite = await PageInvite.make(peer.pod);
  cleanup.defer(() => invite.close());

  const responses = new KeptResponses({ store, most: keptResponsesMax, date: Date.now });
  const gateway = await startGateway({
    api: createApi(peer.router, { responses }),
    clients: new ClientCallers({
      keys: new ClientKeys(store),
      store,
      clock: systemClock,
      random: systemRandom,
      date: Date.now,
    }),
    host: options.host,
    port,
    staticDir: join(root, 'dist'),
    bootstrap: (near): Bootstrap => ({
      peer: peer.id,
      ...(near ? { invite: invite.link, dataFolder: resolve(options.dataFolder) } : {}),
    }),
    plan: (query, signal) => answerPlan(peer, query, signal),
    allowMachines: options.allowMachines,
    upgrade: (request, socket, head) => passOn(request, socket, head, relayPort),
    allowOrigins: options.allowOrigins,
    ...(options.onRequest ? { onRequest: options.onRequest } : {}),
  });
  cleanup.defer(() => gateway.close());

  const running = cleanup.move();
  const close = async () => {
    // The goodbyes go through the gateway.
    await peer.stop();
    await running.disposeAsync();
  };
  return { url: gateway.url, peer, close };
}

/** Node has no WebRTC, so its own choice of ICE servers is none. */
const choiceOf = ({ relays, iceServers = [] }: NetworkSettings) => ({
  relays,
  iceServers: iceServers.map(asRtcIceServer),
});
