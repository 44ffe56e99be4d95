/** Both sides of the handshake in wire/pod.proto: mutual proof of the pod's secret, then what each says of itself. */
import type { PeerId } from '../base/brand.ts';
import { type ErrorKind, errorKinds, TabmeshError } from '../base/error.ts';
import type { Random } from '../base/random.ts';
import type { PodLine } from './pod-line.ts';
import type { Contact, PodMessage, WireRecord } from './pod-message.ts';
import { type Handshake, isProof, prove } from './proof.ts';

export interface Credentials {
  readonly pod: Uint8Array<ArrayBuffer>;
  readonly secret: Uint8Array<ArrayBuffer>;
  readonly self: PeerId;
}

export interface Introduction {
  readonly record: WireRecord;
  /** Members to get to know. */
  readonly contacts: Contact[];
}

/** Both dialled at once, and the other side's call is the one that counts. */
export class Crossed extends Error {}

/** Throws TabmeshError('denied' | 'full' | 'not-found' | 'lost' | 'corrupt', 'pod') or Crossed. */
export async function callIn(
  line: PodLine,
  own: Credentials,
  random: Random,
  introduce: () => Introduction,
): Promise<Introduction> {
  const nonce = random.bytes(32) as Uint8Array<ArrayBuffer>;
  await line.write({ hello: { pod: own.pod, nonce } });
  const answer = await line.read();
  if (!('challenge' in answer)) throw refusedBy(answer);
  const handshake: Handshake = {
    pod: own.pod,
    initiator: own.self,
    responder: line.peer,
    initiatorNonce: nonce,
    responderNonce: answer.challenge.nonce,
  };
  if (!(await isProof(answer.challenge.proof, own.secret, 'responder', handshake))) throw await deny(line);
  const proof = await prove(own.secret, 'initiator', handshake);
  await line.write({ proof: { proof, ...introduce() } });
  const welcome = await line.read();
  if (!('welcome' in welcome)) throw refusedBy(welcome);
  return welcome.welcome;
}

/** Checks that the caller knows the secret; the welcome is the caller's to send. Throws as `callIn`. */
export async function answerCall(
  line: PodLine,
  hello: Extract<PodMessage, { hello: unknown }>['hello'],
  own: Credentials,
  random: Random,
): Promise<Introduction> {
  const nonce = random.bytes(32) as Uint8Array<ArrayBuffer>;
  const handshake: Handshake = {
    pod: own.pod,
    initiator: line.peer,
    responder: own.self,
    initiatorNonce: hello.nonce,
    responderNonce: nonce,
  };
  const proof = await prove(own.secret, 'responder', handshake);
  await line.write({ challenge: { nonce, proof } });
  const answer = await line.read();
  if (!('proof' in answer)) throw refusedBy(answer);
  if (!(await isProof(answer.proof.proof, own.secret, 'initiator', handshake))) throw await deny(line);
  return answer.proof;
}

/** Says no and hangs up. */
export async function refuse(line: PodLine, kind: ErrorKind | 'crossed', reason: string): Promise<void> {
  await line.write({ refusal: { kind, reason } }).catch(() => {});
  line.close();
}

async function deny(line: PodLine): Promise<TabmeshError> {
  const reason = 'The secret of this invite is not the secret of the pod. Ask a member for a new link.';
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
