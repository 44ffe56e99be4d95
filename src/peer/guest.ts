/** A page that asks a pod without being in it: it lends nothing, holds nothing, and keeps nothing, not even who it was. */
import { generateKeyPair } from '@libp2p/crypto/keys';
import { systemClock } from '../base/clock.ts';
import { TabmeshError } from '../base/error.ts';
import { systemRandom } from '../base/random.ts';
import { createLibp2pNetwork } from '../network/libp2p/create-libp2p-network.ts';
import { parseInviteLink } from '../pod/invite.ts';
import type { Invite } from '../pod/pod-message.ts';
import { type Visit, type VisitParts, visit } from '../router/guest/visit.ts';
import { fetchBootstrap, relayAddress } from './bootstrap.ts';
import { publicAddressServer } from './public-address.ts';

export class Guest {
  readonly podName: string;
  readonly #invite: Invite;
  #parts: Promise<VisitParts> | undefined;
  #visit: Visit | undefined;

  /** Sends nothing. Throws TabmeshError('invalid', 'pod') for what is no invite, and 'denied' for one that is not for viewers. */
  constructor(link: string) {
    this.#invite = parseInviteLink(link);
    this.podName = this.#invite.name;
    if (this.#invite.role === 'viewer') return;
    const text = `This link makes a ${this.#invite.role} of everybody who reads this page. Take one for viewers.`;
    throw new TabmeshError('denied', 'peer', text);
  }

  /** The member that answers; another one where the last has gone. Throws as `visit` does. */
  async visit(signal?: AbortSignal): Promise<Visit> {
    if (this.#visit && !this.#visit.over.aborted) return this.#visit;
    this.#parts ??= this.#start().catch(error => {
      this.#parts = undefined;
      throw error;
    });
    this.#visit = await visit(await this.#parts, signal);
    return this.#visit;
  }

  async #start(): Promise<VisitParts> {
    const page = new URL(location.href);
    const host = await fetchBootstrap(page);
    const near = host?.invite !== undefined;
    const network = await createLibp2pNetwork({
      privateKey: await generateKeyPair('Ed25519'),
      // Nobody needs to reach a guest, so it takes a place on no relay.
      relays: [],
      listen: [],
      iceServers: near ? [] : [{ urls: [publicAddressServer] }],
      allowPrivateAddresses: near,
    });
    const invite = host ? atHome(this.#invite, relayAddress(page, host.peer), host.peer) : this.#invite;
    return { network, clock: systemClock, random: systemRandom, invite };
  }
}

/** Whoever served this page is where it came from, and relays to those behind it. */
function atHome(invite: Invite, relay: string, host: string): Invite {
  const contacts = invite.contacts.map(({ peer, addresses }) => ({
    peer,
    addresses: [peer === host ? relay : `${relay}/p2p-circuit/webrtc/p2p/${peer}`, ...addresses],
  }));
  return { ...invite, contacts };
}
