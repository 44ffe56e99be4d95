/**
 * Both sides of the handshake in wire/pod.proto: mutual proof of a key of the pod, each other's document, whether both
 * are members by it, then what each says of itself.
 */
import type { PeerId } from '../base/brand.ts';
import { fromBase64Url, KiB, toBase64Url } from '../base/bytes.ts';
import { type ErrorKind, errorKinds, TabmeshError } from '../base/error.ts';
import { exchangeKiBMs } from '../base/limits.ts';
import type { Random } from '../base/random.ts';
import type { Head } from './document/keeper.ts';
import type { KeyId } from './document/statement.ts';
import { inParts, Parts } from './document/sync.ts';
import { toHeads, toWireHeads } from './document/wire-heads.ts';
import type { PodLine } from './pod-line.ts';
import type { Contact, Entrance, PodMessage, WireHello, WireRecord } from './pod-message.ts';
import { type Handshake, isProof, prove } from './proof.ts';

type Key = Uint8Array<ArrayBuffer>;

/** What the handshake needs of a pod. */
export interface Door {
  readonly pod: Uint8Array<ArrayBuffer>;
  readonly self: PeerId;
  /** The newest first. */
  keys(): readonly (readonly [KeyId, Key])[];
  learnKeys(keys: readonly Key[]): Promise<void>;
  /** For who is not a member yet. */
  readonly entrance?: Entrance;
  heads(): readonly Head[];
  updateFor(heads: readonly Head[]): Promise<Uint8Array | undefined>;
  /** Takes what it can. Throws where `peer` sent what does not hold, or one of both is no member by what is here. */
  merge(peer: PeerId, update: Uint8Array): Promise<void>;
  isMember(peer: PeerId): boolean;
  /** Why a peer must stay out whatever it knows. */
  ban(peer: PeerId): string | undefined;
  /** Throws TabmeshError('denied' | 'full', 'pod'). */
  admit(peer: PeerId, entrance: Entrance): Promise<void>;
}

export interface Introduction {
  readonly record: WireRecord;
  /** Members to get to know. */
  readonly contacts: Contact[];
}

/** So many ms more for the handshake. */
type AddTime = (ms: number) => void;

/** Both dialled at once, and the other side's call is the one that counts. */
export class Crossed extends Error {}

/** Throws TabmeshError('denied' | 'full' | 'not-found' | 'lost' | 'corrupt', 'pod') or Crossed. */
export async function callIn(
  line: PodLine,
  door: Door,
  random: Random,
  introduce: () => Introduction,
  addTime: AddTime = () => {},
): Promise<Introduction> {
  const nonce = random.bytes(32) as Key;
  const { pod, entrance } = door;
  const keys = door.keys().map(([id]) => fromBase64Url(id) as Key);
  await line.write({ hello: { pod, nonce, keys, ...(entrance ? { entrance } : {}) } });
  let answer = await line.read();
  if ('admission' in answer && entrance) {
    await door.learnKeys(answer.admission.keys.toReversed());
    answer = await line.read();
  }
  if (!('challenge' in answer)) throw refusedBy(answer);
  const { challenge } = answer;
  const secret = keyOf(door, toBase64Url(challenge.key) as KeyId);
  if (!secret) throw await deny(line, noCommonKey);
  const handshake: Handshake = {
    pod,
    initiator: door.self,
    responder: line.peer,
    initiatorNonce: nonce,
    responderNonce: challenge.nonce,
  };
  if (!(await isProof(challenge.proof, secret, 'responder', handshake))) throw await deny(line, wrongProof);
  const proof = await prove(secret, 'initiator', handshake);
  await line.write({ proof: { proof, heads: { heads: toWireHeads(door.heads()) } } });
  await exchange(line, door, toHeads(challenge.heads.heads), addTime);
  await line.write({ present: introduce() });
  const welcome = await line.read();
  if (!('welcome' in welcome)) throw refusedBy(welcome);
  return welcome.welcome;
}

/** Lets a caller in, or in again; the welcome is the caller's to send. Throws as `callIn`. */
export async function answerCall(
  line: PodLine,
  hello: WireHello,
  door: Door,
  random: Random,
  addTime: AddTime = () => {},
): Promise<Introduction> {
  const nonce = random.bytes(32) as Key;
  const handshake: Handshake = {
    pod: door.pod,
    initiator: line.peer,
    responder: door.self,
    initiatorNonce: hello.nonce,
    responderNonce: nonce,
  };
  const [id, secret] = await keyFor(line, hello, door);
  const proof = await prove(secret, 'responder', handshake);
  const heads = { heads: toWireHeads(door.heads()) };
  await line.write({ challenge: { nonce, key: fromBase64Url(id) as Key, proof, heads } });
  const answer = await line.read();
  if (!('proof' in answer)) throw refusedBy(answer);
  if (!(await isProof(answer.proof.proof, secret, 'initiator', handshake)))
    throw await deny(line, wrongProof);
  await exchange(line, door, toHeads(answer.proof.heads.heads), addTime);
  const present = await line.read();
  if (!('present' in present)) throw refusedBy(present);
  return present.present;
}

/** The newest key that both hold; who comes by an invite is given ours first. */
async function keyFor(line: PodLine, hello: WireHello, door: Door): Promise<readonly [KeyId, Key]> {
  const { peer } = line;
  const theirs = new Set(hello.keys.map(each => toBase64Url(each)));
  const common = door.keys().find(([id]) => theirs.has(id));
  // A member whom we do not know yet shares a key, and brings the document that names it.
  const isStranger = !door.isMember(peer) && (!common || door.ban(peer) !== undefined);
  if (isStranger && hello.entrance) {
    await door.admit(peer, hello.entrance).catch(async error => {
      if (error instanceof TabmeshError) await refuse(line, error.kind, error.reason);
      throw error;
    });
  }
  const ban = door.ban(peer);
  if (ban !== undefined) throw await deny(line, ban);
  if (common) return common;
  const [ours] = door.keys();
  // A member that has lost its keys shows an invite, and is known by its peer id.
  if (!ours || !hello.entrance || !door.isMember(peer)) throw await deny(line, noCommonKey);
  await line.write({ admission: { keys: door.keys().map(([, key]) => key) } });
  return ours;
}

/** After it both hold what either held, and are members by it. Both send while they read: neither waits for room. */
async function exchange(line: PodLine, door: Door, heads: readonly Head[], addTime: AddTime): Promise<void> {
  const crossed = ({ length }: Uint8Array) => addTime((length / KiB) * exchangeKiBMs);
  const sending = (async () => {
    for (const message of inParts((await door.updateFor(heads)) ?? new Uint8Array())) {
      await line.write(message);
      crossed(message.update.part);
    }
  })();
  const parts = new Parts();
  const reading = (async () => {
    for (;;) {
      const message = await line.read();
      if (!('update' in message)) throw refusedBy(message);
      crossed(message.update.part);
      const update = parts.add(message.update.part, message.update.last);
      if (update) return update;
    }
  })();
  const [update] = await Promise.all([reading, sending]);
  if (update.length > 0) await door.merge(line.peer, update);
  const ban = door.ban(line.peer);
  if (ban !== undefined || !door.isMember(line.peer) || !door.isMember(door.self))
    throw await deny(line, ban ?? noMember);
}

const keyOf = (door: Door, id: KeyId): Key | undefined => door.keys().find(each => each[0] === id)?.[1];

const noCommonKey =
  'This peer has no key that the pod knows. Its invite may be for another pod, or it was away for too long. Ask a member for a new link.';
const wrongProof = 'The other side does not hold the key of the pod that it names.';
const noMember = 'The document of this pod does not name this peer as a member. Ask a member for a new link.';

/** Says no and hangs up. */
export async function refuse(line: PodLine, kind: ErrorKind | 'crossed', reason: string): Promise<void> {
  await line.write({ refusal: { kind, reason } }).catch(() => {});
  line.close();
}

async function deny(line: PodLine, reason: string): Promise<TabmeshError> {
  await refuse(line, 'denied', reason);
  return new TabmeshError('denied', 'pod', reason);
}

function refusedBy(message: PodMessage): Error {
  if (!('refusal' in message)) {
    return new TabmeshError('corrupt', 'pod', 'The other side spoke out of turn.');
  }
  const { kind, reason } = message.refusal;
  if (kind === 'crossed') return new Crossed(reason);
  return new TabmeshError(errorKinds.find(each => each === kind) ?? 'denied', 'pod', reason);
}
