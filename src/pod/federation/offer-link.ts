import * as v from 'valibot';
import { fromBase64Url, toBase64Url } from '../../base/bytes.ts';
import { TabmeshError } from '../../base/error.ts';
import { addressCharactersMax, inviteCharactersMax, relaysPerInviteMax } from '../../base/limits.ts';
import { contactsSchema, limitsSchema, podIdSchema, podName } from './federation.ts';

const mark = '#federate=';

const schema = v.strictObject({
  pod: podIdSchema,
  name: podName,
  /** The one who made the offer is the first. */
  contacts: v.pipe(contactsSchema, v.minLength(1)),
  relays: v.pipe(
    v.array(v.pipe(v.string(), v.nonEmpty(), v.maxLength(addressCharactersMax))),
    v.maxLength(relaysPerInviteMax),
  ),
  limits: limitsSchema,
  expires: v.pipe(v.number(), v.safeInteger(), v.minValue(0)),
  /** Of the offer's own key, base64url. */
  secret: v.pipe(v.string(), v.regex(/^[\w-]{43}$/)),
});
export type LinkedOffer = v.InferOutput<typeof schema>;

/** The key stands in the fragment, which browsers never send to a server. */
export const offerLink = (page: string, offer: LinkedOffer): string =>
  `${page.split('#')[0]}${mark}${toBase64Url(new TextEncoder().encode(JSON.stringify(offer)))}`;

/** Throws TabmeshError('invalid', 'pod') for anything else. */
export function parseOfferLink(link: string): LinkedOffer {
  const at = link.indexOf(mark);
  const code = link.slice(at + mark.length).trim();
  try {
    if (at < 0 || code.length > inviteCharactersMax) throw new Error('no offer');
    return v.parse(schema, JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(fromBase64Url(code))));
  } catch (cause) {
    const reason =
      'This is not a link between two pods, or part of it is missing. Copy the whole link from whoever made it.';
    throw new TabmeshError('invalid', 'pod', reason, { cause });
  }
}
