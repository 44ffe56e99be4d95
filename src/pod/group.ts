import type { PeerId, PodId } from '../base/brand.ts';
import { fromBase64Url, fromHex, toBase64Url, toHex } from '../base/bytes.ts';
import type { Clock } from '../base/clock.ts';
import { TabmeshError, toError } from '../base/error.ts';
import { introduceEveryMs } from '../base/limits.ts';
import type { Random } from '../base/random.ts';
import type { Network } from '../network/network.ts';
import { peerName } from '../network/peer-name.ts';
import { KeyRing, keyIdOf } from './document/key-ring.ts';
import { type DocumentParts, PodDocument } from './document/pod-document.ts';
import { checkEntrance, inviteIdOf, proveEntrance } from './document/sealed.ts';
import type { InviteId } from './document/statement.ts';
import { Sync } from './document/sync.ts';
import type { Outcast } from './document/view.ts';
import type { Door } from './handshake.ts';
import { Mesh } from './mesh.ts';
import type { Entrance, Invite, PodMessage, WireRecord } from './pod-message.ts';

export interface GroupOptions {
  readonly network: Network;
  readonly clock: Clock;
  readonly random: Random;
  readonly documents: DocumentParts;
  readonly record: () => WireRecord;
  readonly onChange: () => void;
  readonly onGone: (peer: PeerId) => void;
  /** The document says that this peer is out, or that the pod is over. */
  readonly onOut: (group: Group, why: string) => void;
  readonly warn: (peer: PeerId, text: string) => void;
}

/** One pod as this peer is in it: its document, its keys, and the members that are present. */
export class Group implements Door {
  readonly id: PodId;
  readonly pod: Uint8Array<ArrayBuffer>;
  readonly self: PeerId;
  readonly document: PodDocument;
  readonly mesh: Mesh;
  readonly entrance?: Entrance;
  readonly #options: GroupOptions;
  readonly #ring: KeyRing;
  readonly #sync: Sync;
  /** What this peer's person was told of already. */
  #told: ReadonlySet<string> = new Set();
  readonly #toldOnce = new Set<string>();
  #stopTelling: () => void;
  /** The key that all present members were given. */
  #given = '';
  #closed = false;

  private constructor(options: GroupOptions, document: PodDocument, ring: KeyRing, entrance?: Entrance) {
    const { network, clock, random, record, onChange, onGone } = options;
    this.#options = options;
    this.id = document.id;
    this.pod = fromHex(document.id);
    this.self = network.self;
    this.document = document;
    this.#ring = ring;
    if (entrance) this.entrance = entrance;
    this.#sync = new Sync({
      document,
      send: (to, message) => this.mesh.send(to, message),
      refused: (peer, error) => this.#refused(peer, error),
    });
    this.mesh = new Mesh({
      network,
      clock,
      random,
      door: this,
      record,
      onChange,
      onGone: peer => {
        this.#sync.drop(peer);
        onGone(peer);
      },
      onMet: peer => {
        this.#sync.meet(peer);
        this.#giveKey(peer);
      },
      onMessage: (peer, message) => this.#hear(peer, message),
    });
    this.#stopTelling = clock.after(introduceEveryMs, () => this.#tellAgain());
  }

  static async found(options: GroupOptions, name: string): Promise<Group> {
    const { network, random, documents } = options;
    const secret = random.bytes(32) as Uint8Array<ArrayBuffer>;
    const nonce = toBase64Url(random.bytes(16));
    const changed = { call: () => {} };
    const body = { kind: 'found' as const, name, nonce, key: keyIdOf(secret) };
    const document = await PodDocument.found(documents, body, () => changed.call());
    const ring = await KeyRing.open(documents.store, network.self, document.id);
    await ring.add(secret);
    const group = new Group(options, document, ring);
    changed.call = () => group.#changed();
    return group;
  }

  /** With what is stored of the pod; without anything, an invite is the way in. */
  static async open(options: GroupOptions, id: PodId, entrance?: Entrance): Promise<Group> {
    const { network, documents } = options;
    const changed = { call: () => {} };
    const document = await PodDocument.open(id, documents, () => changed.call());
    const ring = await KeyRing.open(documents.store, network.self, id);
    const group = new Group(options, document, ring, entrance);
    changed.call = () => group.#changed();
    return group;
  }

  get name(): string {
    return this.document.view?.name ?? '';
  }

  keys(): ReturnType<KeyRing['all']> {
    const current = this.document.view?.key;
    return this.#ring.all().sort(([a], [b]) => Number(b === current) - Number(a === current));
  }

  learnKeys(keys: readonly Uint8Array<ArrayBuffer>[]): Promise<void> {
    return this.#ring.add(...keys);
  }

  heads(): PodDocument['heads'] {
    return this.document.heads;
  }

  updateFor(heads: PodDocument['heads']): Promise<Uint8Array | undefined> {
    return this.document.updateFor(heads);
  }

  async merge(peer: PeerId, update: Uint8Array): Promise<void> {
    try {
      await this.document.merge(update);
    } catch (error) {
      const named = toError(error, 'pod');
      const mayGoOn = named.kind !== 'corrupt' && this.isMember(peer) && this.isMember(this.self);
      if (mayGoOn || named.kind === 'corrupt') this.#refused(peer, named);
      // What is lacking is asked for again, and may be had then; until then both go by what is here.
      if (!mayGoOn) throw named;
    }
  }

  isMember(peer: PeerId): boolean {
    return this.document.has(peer);
  }

  ban(peer: PeerId): string | undefined {
    const { view } = this.document;
    if (view?.dissolvedBy !== undefined) return `${peerName(view.dissolvedBy)} has dissolved this pod.`;
    if (this.isMember(peer)) return undefined;
    const outcast = view?.outcasts.find(each => each.peer === peer);
    return outcast && whyOut(outcast);
  }

  async admit(peer: PeerId, { invite, proof }: Entrance): Promise<void> {
    const id = toBase64Url(invite) as InviteId;
    const admission = { kind: 'admit' as const, peer, invite: id, proof: toBase64Url(proof) };
    const { view } = this.document;
    if (!view)
      throw new TabmeshError('unavailable', 'pod', 'This member is itself only coming in. Try again.');
    const known = view.invites.find(each => each.id === id);
    const date = this.#options.documents.date();
    if (!known) throw denied('This member does not know of the invite (yet). Ask whoever gave it to you.');
    if (known.closed) throw denied('This invite was revoked. Ask a member for a new link.');
    if (known.expires > 0 && date > known.expires)
      throw denied('This invite has expired. Ask a member for a new link.');
    checkEntrance(this.id, admission);
    await this.document.say(admission);
    if (this.isMember(peer)) return;
    throw denied(
      known.used >= known.uses
        ? 'This invite has been used up. Ask a member for a new link.'
        : (this.ban(peer) ?? 'This invite does not let you in.'),
    );
  }

  /** Tells a removal to all, the removed one too, and gives the others the new key. */
  async remove(peer: PeerId): Promise<void> {
    const secret = this.#options.random.bytes(32) as Uint8Array<ArrayBuffer>;
    // Before it is named, so that a key that nobody holds never counts.
    await this.#ring.add(secret);
    await this.document.say({ kind: 'remove', peer, key: keyIdOf(secret) });
  }

  /** What was said here is sent. */
  spread(): Promise<void> {
    return this.#sync.spread();
  }

  /** The goodbyes are on their way when it returns. */
  async close(forgetKeys = false): Promise<void> {
    this.#closed = true;
    this.#stopTelling();
    await this.mesh.close();
    if (forgetKeys) await this.#ring.forget();
    await this.document.close();
  }

  #hear(peer: PeerId, message: PodMessage): boolean {
    if (!('key' in message)) return this.#sync.hear(peer, message);
    const { secret } = message.key;
    // After the update that names it, which was sent before it.
    this.#sync.queue(peer, secret.length, async () => {
      const id = keyIdOf(secret);
      if (!this.#closed && this.document.view?.keys.includes(id) && !this.#ring.has(id))
        await this.#ring.add(secret);
    });
    return true;
  }

  #giveKey(...peers: readonly PeerId[]): void {
    const { view } = this.document;
    const secret = view && this.#ring.get(view.key);
    if (secret) for (const peer of peers) if (this.isMember(peer)) this.mesh.send(peer, { key: { secret } });
  }

  #changed(): void {
    if (this.#closed) return;
    const view = this.document.view!;
    this.#warnOf(view);
    void this.#sync.spread().then(async () => {
      if (this.#closed) return;
      if (view.key !== this.#given) {
        this.#given = view.key;
        this.#giveKey(...this.mesh.members().map(({ peer }) => peer));
      }
      const why = this.ban(this.self);
      if (why !== undefined) this.#options.onOut(this, why);
      else await this.mesh.expel(peer => this.isMember(peer));
    });
    this.#options.onChange();
  }

  #warnOf(view: NonNullable<PodDocument['view']>): void {
    const ignored = view.ignored.map(({ author, sequence, kind }) => ({
      place: `${author} ${sequence}`,
      peer: author,
      text: `${peerName(author)} said something that it may not (${kind}). It has no effect.`,
    }));
    const liars = view.liars.map(({ peer }) => ({
      place: peer,
      peer,
      text: `${peerName(peer)} told members different things under one number. It was cut off.`,
    }));
    const all = [...ignored, ...liars];
    // By place: what comes late may stand before what was told of already.
    for (const { place, peer, text } of all) if (!this.#told.has(place)) this.#options.warn(peer, text);
    this.#told = new Set(all.map(({ place }) => place));
  }

  #refused(peer: PeerId, error: TabmeshError): void {
    const { kind, reason } = error;
    if (kind === 'corrupt') this.#accuse(peer, error);
    else if (kind === 'denied')
      this.#warnOnce(
        peer,
        `${peerName(peer)} sent a change of the pod's document that was not taken. ${reason} The pod goes on.`,
      );
    else if (kind === 'full' || kind === 'unavailable')
      this.#warnOnce(this.self, `What other members say was not taken, since it cannot be kept. ${reason}`);
  }

  #warnOnce(peer: PeerId, text: string): void {
    if (this.#toldOnce.has(text)) return;
    this.#toldOnce.add(text);
    this.#options.warn(peer, text);
  }

  #accuse(peer: PeerId, error: Error): void {
    const text = `${peerName(peer)} sent a change of the pod's document that does not hold. ${error.message} It was refused, and the pod goes on.`;
    this.#options.warn(peer, text);
    this.mesh.cut(peer, error);
  }

  #tellAgain(): void {
    this.#sync.tell();
    this.#stopTelling = this.#options.clock.after(introduceEveryMs, () => this.#tellAgain());
  }
}

/** What a newcomer shows of an invite. */
export function entranceOf({ pod, secret }: Pick<Invite, 'pod' | 'secret'>, self: PeerId): Entrance {
  const proof = proveEntrance(secret, toHex(pod) as PodId, self);
  const bytes = (text: string) => fromBase64Url(text) as Uint8Array<ArrayBuffer>;
  return { invite: bytes(inviteIdOf(secret)), proof: bytes(proof) };
}

function whyOut({ by, why }: Outcast): string {
  if (why === 'removed') return `${peerName(by)} removed this peer from the pod.`;
  if (why === 'lied') return 'This peer told members different things, so the pod has cut it off.';
  return 'The invite had been used by others first. Ask a member for a new link.';
}

const denied = (reason: string): TabmeshError => new TabmeshError('denied', 'pod', reason);
