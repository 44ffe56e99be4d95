import { fromBase64Url, toBase64Url } from '../base/bytes.ts';
import { TabmeshError } from '../base/error.ts';
import { inviteCharactersMax } from '../base/limits.ts';
import { decodeInvite, encodeInvite, type Invite } from './pod-message.ts';

const mark = '#join=';

/**
 * The secret stands in the fragment, which browsers never send to a server. A fragment that `page` has is replaced.
 */
export function inviteLink(page: string, invite: Invite): string {
  return `${page.split('#')[0]}${mark}${toBase64Url(encodeInvite(invite))}`;
}

/** Reads a link, or only its part from `#join=` on. Throws TabmeshError('invalid', 'pod') for anything else. */
export function parseInviteLink(link: string): Invite {
  const at = link.indexOf(mark);
  if (at < 0) throw unreadable('It has no part that begins with "#join=".');
  const code = link.slice(at + mark.length).trim();
  if (code.length > inviteCharactersMax)
    throw unreadable(`It is longer than ${inviteCharactersMax} characters.`);
  try {
    return decodeInvite(fromBase64Url(code));
  } catch (error) {
    throw unreadable('It is damaged.', error);
  }
}

const unreadable = (why: string, cause?: unknown): TabmeshError =>
  new TabmeshError(
    'invalid',
    'pod',
    `This is not an invite link to a pod. ${why} Copy the whole link from the member who invited you.`,
    { cause },
  );
