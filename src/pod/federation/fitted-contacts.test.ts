import * as v from 'valibot';
import { expect, test } from 'vitest';
import type { PeerId } from '../../base/brand.ts';
import {
  addressesPerPeerMax,
  federationAddressCharactersMax,
  podMembersMax,
  statementBytesMax,
  statementHeaderBytesMax,
} from '../../base/limits.ts';
import { linkSchema } from './federation.ts';
import { fitted } from './fitted-contacts.ts';

/** As long as they get. */
const peer = (number: number) => `12D3KooW${'x'.repeat(42)}${10 + number}` as PeerId;
const members = Array.from({ length: podMembersMax }, (_, number) => peer(number));
const contacts = (length: number) =>
  members.map(peer => ({
    peer,
    addresses: Array.from({ length: addressesPerPeerMax }, () => 'a'.repeat(length)),
  }));

test.each([60, 180, 240, federationAddressCharactersMax])(
  'the statement of an agreement of full pods, and what it has seen, fit with addresses of %i characters',
  length => {
    const limits = { requestsPerMinute: 100_000, tokensPerDay: 1_000_000_000_000 };
    const name = 'n'.repeat(64);
    const named = fitted(contacts(length));
    const link = {
      offer: 'o'.repeat(43),
      proof: 'p'.repeat(86),
      limits,
      theirs: { name, signer: members[0]!, contacts: named },
      ours: { name, contacts: named, members },
      until: Date.UTC(2026, 0, 1),
    };
    expect(v.is(linkSchema, link)).toBe(true);
    expect(named.every(({ addresses }) => addresses.length > 0)).toBe(true);
    const seen = members.map((peer): [PeerId, number] => [peer, 1_000]);
    const said = JSON.stringify({ seen, at: link.until, body: { kind: 'entry', value: link } });
    expect(said.length).toBeLessThan(statementBytesMax - statementHeaderBytesMax - 100);
  },
);

test('addresses that are too long are left out, and the others stay in order', () => {
  const [first] = fitted([
    { peer: members[0]!, addresses: ['/a', 'b'.repeat(federationAddressCharactersMax + 1), '/c'] },
  ]);
  expect(first?.addresses).toEqual(['/a', '/c']);
});
