/** Statements as bytes: signature, then header and content as two lines of JSON. All of it runs in the state worker. */
import { ed25519 } from '@noble/curves/ed25519.js';
import { sha256 } from '@noble/hashes/sha2.js';
import * as v from 'valibot';
import type { PeerId, PodId } from '../../base/brand.ts';
import { concatBytes, fromBase64Url, toBase64Url, toHex } from '../../base/bytes.ts';
import { TabmeshError } from '../../base/error.ts';
import { statementBytesMax, statementHeaderBytesMax, verifiedSignaturesMax } from '../../base/limits.ts';
import {
  contentSchema,
  headerSchema,
  type InviteId,
  type Statement,
  type StatementContent,
  type StatementHash,
  type StatementHeader,
} from './statement.ts';

/** The Ed25519 key that a peer id names; undefined where it names none. */
export type PublicKeyOf = (peer: PeerId) => Uint8Array | undefined;

const signatureBytes = 64;
const newline = 0x0a;
const text = (value: string): Uint8Array => new TextEncoder().encode(value);
const digest = (bytes: Uint8Array): string => toBase64Url(sha256(bytes));

/** What the author of a statement signs, and how the signature becomes a statement. */
export function unsealed(
  header: Omit<StatementHeader, 'content'>,
  content: StatementContent,
): {
  readonly hash: StatementHash;
  readonly toSign: Uint8Array<ArrayBuffer>;
  seal(signature: Uint8Array): Uint8Array<ArrayBuffer>;
} {
  const said = text(JSON.stringify(content));
  const head = text(JSON.stringify({ ...header, content: digest(said) } satisfies StatementHeader));
  return {
    hash: digest(head) as StatementHash,
    toSign: signedPart('statement', head),
    seal: signature => concatBytes([signature, head, Uint8Array.of(newline), said]),
  };
}

/** What somebody who is no member shows an invite for: to become one, or to ask as a guest (router/guest). */
type Purpose = 'entrance' | 'guest';

/** A domain of its own for each kind, since the same key signs other things too. */
const signedPart = (kind: 'statement' | Purpose, bytes: Uint8Array): Uint8Array<ArrayBuffer> =>
  concatBytes([text(`/tabmesh/pod ${kind}\0`), bytes]);

/** Throws TabmeshError('corrupt', 'pod') for what its author has not signed, or another pod's. */
export function openStatement(pod: PodId, bytes: Uint8Array, publicKeyOf: PublicKeyOf): Statement {
  if (bytes.length > statementBytesMax) throw corrupt('A statement is too long.');
  const end = bytes.indexOf(newline, signatureBytes);
  const { hash, ...header } = openHeader(pod, bytes.subarray(0, Math.max(end, 0)), publicKeyOf);
  const said = bytes.subarray(end + 1);
  if (digest(said) !== header.content) throw corrupt('A statement is not what was signed.');
  const content = parsed(contentSchema, said);
  const { author, sequence, previous } = header;
  const lie = content.body.kind === 'lie' ? openLie(pod, content.body, publicKeyOf) : undefined;
  if (content.body.kind === 'admit') checkEntrance(pod, content.body);
  return { pod: header.pod, author, sequence, previous, ...content, hash, ...(lie ? { lie } : {}) };
}

function openHeader(
  pod: PodId,
  bytes: Uint8Array,
  publicKeyOf: PublicKeyOf,
): StatementHeader & { readonly hash: StatementHash } {
  if (bytes.length > statementHeaderBytesMax) throw corrupt('The header of a statement is too long.');
  const [signature, head] = [bytes.subarray(0, signatureBytes), bytes.subarray(signatureBytes)];
  const header = parsed(headerSchema, head);
  const raw = sha256(head);
  const isFounding = header.pod === '' && toHex(raw.subarray(0, 16)) === pod;
  if (header.pod !== pod && !isFounding) throw corrupt('A statement belongs to another pod.');
  const key = publicKeyOf(header.author);
  if (!key || !isSigned(signature, signedPart('statement', head), key))
    throw corrupt('A statement is not signed by its author.');
  return { ...header, hash: toBase64Url(raw) as StatementHash };
}

/** From both signed headers alone: the same author, number and predecessor, and yet two statements. */
function openLie(
  pod: PodId,
  body: { first: string; second: string },
  publicKeyOf: PublicKeyOf,
): NonNullable<Statement['lie']> {
  const [first, second] = [body.first, body.second].map(each => openHeader(pod, bytesOf(each), publicKeyOf));
  const { author, sequence, previous, hash } = first!;
  const isOne = second!.author === author && second!.sequence === sequence && second!.previous === previous;
  if (!isOne || second!.hash === hash) throw corrupt('What is called a lie is none.');
  return { author, sequence };
}

/** Signature and header of a statement, for the proof of a lie. */
export const signedHeaderOf = (bytes: Uint8Array): string =>
  toBase64Url(bytes.subarray(0, bytes.indexOf(newline, signatureBytes)));

const shown = (purpose: Purpose, pod: PodId, peer: PeerId): Uint8Array<ArrayBuffer> =>
  signedPart(purpose, text(`${pod} ${peer}`));

/** A newcomer's or guest's proof that it holds the invite: worth nothing to anybody else, since it names its peer id. */
export const proveEntrance = (
  secret: Uint8Array,
  pod: PodId,
  peer: PeerId,
  purpose: Purpose = 'entrance',
): string => toBase64Url(ed25519.sign(shown(purpose, pod, peer), secret));

export const inviteIdOf = (secret: Uint8Array): InviteId =>
  toBase64Url(ed25519.getPublicKey(secret)) as InviteId;

/** Throws TabmeshError('corrupt', 'pod'). */
export function checkEntrance(
  pod: PodId,
  admitted: { peer: PeerId; invite: InviteId; proof: string },
  purpose: Purpose = 'entrance',
): void {
  const { peer, invite, proof } = admitted;
  if (!isSigned(bytesOf(proof), shown(purpose, pod, peer), bytesOf(invite)))
    throw corrupt('The proof of an invite does not match.');
}

/**
 * By the rules of ZIP 215, which leave no case open (https://hdevalence.ca/blog/2020-10-04-its-25519am): what one member
 * takes for signed, all others must, and WebCrypto's implementations differ there.
 */
function isSigned(signature: Uint8Array, message: Uint8Array, key: Uint8Array): boolean {
  const place = digest(concatBytes([Uint8Array.of(signature.length, key.length), signature, key, message]));
  if (verified.has(place)) return true;
  try {
    if (!ed25519.verify(signature, message, key, { zip215: true })) return false;
  } catch {
    return false;
  }
  verified.add(place);
  for (const oldest of verified) {
    if (verified.size <= verifiedSignaturesMax) break;
    verified.delete(oldest);
  }
  return true;
}

/**
 * Signatures that have held: one takes 1 to 3 ms, and the same comes again with an invite that is shown and then said,
 * with a document that is opened anew, and with each pod peer of one process. Nothing but time depends on it.
 */
const verified = new Set<string>();

function bytesOf(code: string): Uint8Array {
  try {
    return fromBase64Url(code);
  } catch (error) {
    throw corrupt('A statement holds what is no base64url.', error);
  }
}

function parsed<S extends v.GenericSchema>(schema: S, bytes: Uint8Array): v.InferOutput<S> {
  try {
    return v.parse(schema, JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes)));
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw corrupt(`A statement is malformed (${reason.slice(0, 200)}).`, error);
  }
}

const corrupt = (reason: string, cause?: unknown): TabmeshError =>
  new TabmeshError('corrupt', 'pod', reason, { cause });
