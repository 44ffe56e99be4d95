/** A Peer is a record of the rooms' own small faces. It only wires; every behaviour lives in its room. */
import type { PeerId } from '../base/brand.ts';
import type { Live } from '../base/live.ts';
import type { DeviceInfo } from '../engine/engine.ts';
import type { KnownRelay, NetworkStatus, PeerConnection } from '../network/network.ts';
import type { KeptSettings } from '../network/settings.ts';
import type { Pod, ShareOptions } from '../pod/pod.ts';
import type { Keys } from '../router/cloud/keys.ts';
import type { FederatedFace } from '../router/federated/answer-allies.ts';
import type { Foresight, Router } from '../router/request.ts';
import type { TreasuryFace } from '../router/treasury/treasury.ts';
import type { WholeModels } from '../router/whole/whole-models.ts';
import type { Chats } from './chats.ts';
import type { ContributionFace } from './contribution.ts';
import type { PeerDownloads } from './downloads.ts';
import type { Erasable } from './erase.ts';
import type { PeerHub } from './hub.ts';
import type { PeerStored } from './stored-models.ts';

export interface Peer {
  readonly id: PeerId;
  readonly name: string;
  /** The number of its identity in this browser or data folder: 0 is the first tab. */
  readonly slot: number;
  readonly device: Live<DeviceInfo>;
  /** Where this peer keeps its bytes, for people, and whether they outlast it. */
  readonly storage: string;
  readonly storageLasts: boolean;
  /** Of a page: where the process that served it keeps what is its own, on the same machine. */
  readonly hostFolder?: string;
  readonly network: {
    readonly status: Live<NetworkStatus>;
    readonly connections: Live<readonly PeerConnection[]>;
    readonly relays: Live<readonly KnownRelay[]>;
    /** Relays and ICE servers of this browser or data folder; they hold from the next connection on. */
    readonly settings: KeptSettings;
    addresses(): readonly string[];
  };
  readonly models: PeerModels;
  readonly downloads: PeerDownloads;
  /** What is stored of which model. */
  readonly stored: PeerStored;
  readonly hub: PeerHub;
  readonly pod: Pod;
  readonly chats: Chats;
  readonly router: Router & Foresight;
  /** Of providers that this peer's owner may ask. */
  readonly keys: Keys;
  /** What members may spend with each other's keys. */
  readonly treasury: TreasuryFace;
  /** What members of other pods have asked here; see pod.federation. */
  readonly federated: FederatedFace;
  /** In browsers alone. */
  readonly whole?: WholeModels;
  /** What this browser lends to others, in bytes, 0 for nothing; `share` of it by this tab, as each of its tabs with a peer. */
  readonly lending: {
    readonly bytes: Live<number>;
    readonly share: Live<number>;
    set(bytes: number): Promise<void>;
  };
  /** When and how much of that is lent; what it gave is at `pod.given`. */
  readonly contribution: ContributionFace;
  /** Whether anybody is being answered: its person, a page of this origin, members, guests, other pods. */
  isAnswering(): boolean;
  /** Takes away what is kept here, for good. After 'everything' this peer must be stopped. */
  erase(what: Erasable): Promise<void>;
  /** Says goodbye to the pod and frees everything. */
  stop(): Promise<void>;
}

export interface ModelCard {
  readonly id: string;
  readonly name: string;
  readonly architecture: string;
  readonly layers: number;
  readonly context: number;
  readonly fileBytes: number;
  /** Exact bytes of each layer, for the strip and the plan. */
  readonly layerBytes: readonly number[];
  readonly headBytes: number;
  /** Tensor types in the file, the most bytes first. */
  readonly types: readonly string[];
  /** Whether other members can open it (a dropped file they can once it is shared). */
  readonly shareable: boolean;
  /** Whether its bytes lie on this device anyway, so that there is nothing to download. */
  readonly local: boolean;
}

export interface PeerModels {
  readonly list: Live<readonly ModelCard[]>;
  /** Reads the header only: `text` is a URL, `hub:OWNER/REPO/FILE`, or a File from disk. */
  open(source: string | File, signal?: AbortSignal): Promise<ModelCard>;
  /**
   * Lets the pod have a file of this device (see Pod.share). Its card gives way to that of the shared file, whose id this
   * answers.
   */
  share(id: string, options?: ShareOptions): Promise<string>;
  /** Resolves when every byte of the model is stored here, so that it answers with no network. */
  keep(id: string, signal?: AbortSignal): Promise<void>;
}
