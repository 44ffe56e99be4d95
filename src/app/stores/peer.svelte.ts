import type { PeerId } from '../../base/brand.ts';
import { toError } from '../../base/error.ts';
import type { DeviceInfo } from '../../engine/engine.ts';
import { hubOriginDefault } from '../../model/model-ref.ts';
import type { ConfigurableNetwork } from '../../network/libp2p/libp2p-network.ts';
import type { KnownRelay, NetworkStatus, PeerConnection } from '../../network/network.ts';
import type { NetworkSettings } from '../../network/settings.ts';
import type { ContributionState } from '../../peer/contribution.ts';
import type { ContributionSettings } from '../../peer/contribution-settings.ts';
import type { Download } from '../../peer/downloads.ts';
import type { ModelCard, Peer } from '../../peer/peer.ts';
import type { StoredModel } from '../../peer/stored-models.ts';
import type { Given } from '../../pod/giving.ts';
import type { PodState } from '../../pod/pod.ts';
import type { KnownProvider } from '../../router/cloud/keys.ts';
import type { ProviderModelEntry } from '../../router/request.ts';
import { words } from '../strings.ts';

/** The one Peer of this tab as runes. It is loaded after the page has been drawn, so every part may be missing. */
class PeerStore {
  peer = $state.raw<Peer>();
  pod = $state.raw<PodState>();
  models = $state.raw<readonly ModelCard[]>([]);
  /** Models that no pod holds: of providers with a key, or whole in this tab. */
  elsewhere = $state.raw<readonly ProviderModelEntry[]>([]);
  downloads = $state.raw<readonly Download[]>([]);
  /** Undefined until it was read. */
  stored = $state.raw<readonly StoredModel[]>();
  hubOrigin = $state(hubOriginDefault);
  networkStarted = $state(false);
  connections = $state.raw<readonly PeerConnection[]>([]);
  relays = $state.raw<readonly KnownRelay[]>([]);
  providers = $state.raw<readonly KnownProvider[]>([]);
  settings = $state.raw<NetworkSettings>();
  lentBytes = $state(0);
  /** Of them, by this tab. */
  lentShare = $state(0);
  contribution = $state.raw<ContributionState>({ kind: 'off' });
  amounts = $state.raw<ContributionSettings>();
  given = $state.raw<Given>();
  device = $state.raw<DeviceInfo>();
  /** Why the peer did not start. */
  problem = $state<string>();
  #status = $state.raw<NetworkStatus>({ kind: 'connecting', step: words.status.starting });
  #starting: Promise<Peer> | undefined;

  get status(): NetworkStatus {
    return this.problem === undefined ? this.#status : { kind: 'offline', reason: this.problem };
  }

  get members() {
    return this.pod?.members ?? [];
  }

  get isViewer(): boolean {
    const { document, self } = this.pod ?? {};
    return document?.members.some(({ peer, role }) => peer === self && role === 'viewer') ?? false;
  }

  /** Of members that are away, and of those that have left, too. */
  nameOf(peer: PeerId): string {
    return this.peer?.pod.nameOf(peer) ?? peer;
  }

  /** The same start for everybody who waits; a failed one is tried anew by the next call. */
  ready(): Promise<Peer> {
    this.#starting ??= this.#start();
    return this.#starting;
  }

  /** Asks the providers, so it is called when somebody is about to choose. What is known stays where that fails. */
  async listElsewhere(): Promise<void> {
    const entries = await this.peer?.router.models().catch(() => undefined);
    if (entries) this.elsewhere = entries.filter(entry => entry.kind !== 'pod');
  }

  #watch({ status, connections, relays }: ConfigurableNetwork): void {
    this.networkStarted = true;
    status.subscribe(value => {
      this.#status = value;
    });
    connections.subscribe(list => {
      this.connections = list;
    });
    relays.subscribe(list => {
      this.relays = list;
    });
  }

  async #start(): Promise<Peer> {
    this.problem = undefined;
    try {
      const { startBrowserPeer } = await import('../../peer/browser.ts');
      const peer: Peer = await startBrowserPeer(network => this.#watch(network));
      peer.pod.state.subscribe(state => {
        this.pod = state;
      });
      peer.models.list.subscribe(list => {
        this.models = list;
      });
      peer.downloads.list.subscribe(list => {
        this.downloads = list;
      });
      peer.stored.list.subscribe(list => {
        this.stored = list;
      });
      peer.hub.origin.subscribe(origin => {
        this.hubOrigin = origin;
      });
      // What waits for the network need not wait any longer.
      addEventListener('online', () => {
        for (const { id, retryMs } of this.downloads)
          if (retryMs !== undefined) void peer.downloads.resume(id).catch(() => undefined);
      });
      peer.keys.providers.subscribe(providers => {
        this.providers = providers;
      });
      peer.network.settings.subscribe(settings => {
        this.settings = settings;
      });
      peer.lending.bytes.subscribe(bytes => {
        this.lentBytes = bytes;
      });
      peer.lending.share.subscribe(bytes => {
        this.lentShare = bytes;
      });
      peer.contribution.state.subscribe(state => {
        this.contribution = state;
      });
      peer.contribution.settings.subscribe(settings => {
        this.amounts = settings;
      });
      peer.pod.given.subscribe(given => {
        this.given = given;
      });
      peer.device.subscribe(device => {
        this.device = device;
      });
      this.peer = peer;
      return peer;
    } catch (error) {
      this.#starting = undefined;
      this.networkStarted = false;
      this.problem = words.status.notStarted(toError(error, 'app').reason);
      throw error;
    }
  }
}

export const peers = new PeerStore();
