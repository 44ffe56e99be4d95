import { concatBytes, fromBase64Url, toBase64Url } from '../base/bytes.ts';
import { TabmeshError } from '../base/error.ts';
import {
  addressCharactersMax,
  addressesPerPeerMax,
  inviteCharactersMax,
  relaysPerInviteMax,
} from '../base/limits.ts';
import { crc32 } from './crc32.ts';
import { type Contact, decodeInvite, encodeInvite, type Invite } from './pod-message.ts';

const mark = '#join=';
/** Chats and terminals cut long links; what is left would often still decode, with fewer contacts. */
const checkBytes = 4;

/**
 * The secret stands in the fragment, which browsers never send to a server. A fragment that `page` has is replaced.
 */
export function inviteLink(page: string, invite: Invite): string {
  const body = encodeInvite(invite);
  const check = new Uint8Array(checkBytes);
  new DataView(check.buffer).setUint32(0, crc32(body));
  return `${page.split('#')[0]}${mark}${toBase64Url(concatBytes([body, check]))}`;
}

/** Reads a link, or only its part from `#join=` on. Throws TabmeshError('invalid', 'pod') for anything else. */
export function parseInviteLink(link: string): Invite {
  const at = link.indexOf(mark);
  if (at < 0) throw unreadable('It has no part that begins with "#join=".');
  const code = link.slice(at + mark.length).trim();
  if (code.length > inviteCharactersMax)
    throw unreadable(`It is longer than ${inviteCharactersMax} characters.`);
  try {
    return decodeInvite(checked(fromBase64Url(code)));
  } catch (error) {
    throw unreadable('Part of it is missing or was changed.', error);
  }
}

const circuit = '/p2p-circuit';

/** The relays at which `contacts` can be found; a contact may hold a place at one that its own addresses no longer name. */
export function relaysOf(contacts: readonly Contact[]): string[] {
  const relays = contacts
    .flatMap(({ addresses }) => addresses)
    .filter(address => address.includes(circuit))
    .map(address => address.slice(0, address.indexOf(circuit)));
  return [...new Set(relays)].slice(0, relaysPerInviteMax);
}

/** The same contact, looked for at each of the relays too. */
export function overRelays({ peer, addresses }: Contact, relays: readonly string[]): Contact {
  const more = relays
    .map(relay => `${relay}${circuit}/webrtc/p2p/${peer}`)
    .filter(address => !addresses.includes(address) && address.length <= addressCharactersMax);
  return { peer, addresses: [...addresses, ...more].slice(0, addressesPerPeerMax) };
}

function checked(bytes: Uint8Array): Uint8Array {
  const body = bytes.subarray(0, -checkBytes);
  const check = bytes.subarray(-checkBytes);
  const matches =
    bytes.length > checkBytes &&
    new DataView(check.buffer, check.byteOffset, checkBytes).getUint32(0) === crc32(body);
  if (!matches) throw new TabmeshError('corrupt', 'pod', 'The check value of this invite does not match.');
  return body;
}

const unreadable = (why: string, cause?: unknown): TabmeshError =>
  new TabmeshError(
    'invalid',
    'pod',
    `This is not an invite link to a pod. ${why} Copy the whole link from the member who invited you.`,
    { cause },
  );
