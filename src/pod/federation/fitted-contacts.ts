import {
  federationAddressCharactersMax,
  federationAddressesMax,
  federationContactsCharactersMax,
  inviteContactsMax,
} from '../../base/limits.ts';
import type { Contact } from '../pod-message.ts';

/** As a statement takes them: both pods' stand in it beside the ids of all members. The first addresses are their owner's best. */
export function fitted(contacts: readonly Contact[]): Contact[] {
  for (let most = federationAddressesMax; ; most--) {
    const named = contacts.slice(0, inviteContactsMax).map(({ peer, addresses }) => ({
      peer,
      addresses: addresses.filter(({ length }) => length <= federationAddressCharactersMax).slice(0, most),
    }));
    if (most === 1 || JSON.stringify(named).length <= federationContactsCharactersMax) return named;
  }
}
