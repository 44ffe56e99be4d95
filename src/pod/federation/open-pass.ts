import * as v from 'valibot';
import type { PeerId, PodId } from '../../base/brand.ts';
import { TabmeshError } from '../../base/error.ts';
import { openStatement, type PublicKeyOf } from '../document/sealed.ts';
import { type Link, linkKey, linkSchema, type Pass } from './federation.ts';

export interface OpenPass {
  readonly pod: PodId;
  readonly signer: PeerId;
  readonly sequence: number;
  readonly link: Link;
}

/**
 * What another pod's signer says of its agreement with `ours`. Whether that signer is the one who agreed is for the caller to
 * look at. Throws TabmeshError('denied', 'pod') for anything else, and for a peer that it does not name (any more).
 */
export function openPass(
  { pod, statement }: Pass,
  ours: PodId,
  peer: PeerId,
  date: number,
  publicKeyOf: PublicKeyOf,
): OpenPass {
  const { author, sequence, body } = opened(pod, statement, publicKeyOf);
  if (body.kind !== 'entry' || body.topic !== 'federation' || body.key !== linkKey(ours))
    throw denied('What was shown is not about this pod.');
  const read = v.safeParse(linkSchema, body.value);
  if (!read.success) throw denied('What was shown has ended, or is malformed.');
  const link = read.output;
  if (!link.ours.members.includes(peer)) throw denied('Its pod does not name this peer as one who may ask.');
  if (link.until < date)
    throw denied('What its pod said of its members is too old. The admin who agreed to it must be there.');
  return { pod, signer: author, sequence, link };
}

function opened(pod: PodId, statement: Uint8Array, publicKeyOf: PublicKeyOf) {
  try {
    return openStatement(pod, statement, publicKeyOf);
  } catch (cause) {
    throw new TabmeshError('denied', 'pod', 'What was shown was not signed by its pod.', { cause });
  }
}

export const denied = (reason: string): TabmeshError => new TabmeshError('denied', 'pod', reason);
