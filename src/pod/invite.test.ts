import { expect, test } from 'vitest';
import type { PeerId } from '../base/brand.ts';
import { seededRandom } from '../base/random.ts';
import { crc32 } from './crc32.ts';
import { inviteLink, parseInviteLink } from './invite.ts';
import type { Invite } from './pod-message.ts';

const random = seededRandom(3);
const bytes = (length: number) => random.bytes(length) as Uint8Array<ArrayBuffer>;
const invite: Invite = {
  pod: bytes(16),
  name: 'Workshop',
  secret: bytes(32),
  inviterName: 'Blue-Heron',
  contacts: ['x', 'y'].map(peer => ({ peer: peer as PeerId, addresses: [`/memory/${peer}/p2p/${peer}`] })),
  relays: ['/ip4/127.0.0.1/tcp/1/ws/p2p/relay'],
  role: 'member',
  uses: 1,
  expires: 1_800_000_000_000,
  models: [{ name: 'tiny', layerBytes: 5, headBytes: 7 }],
  lentBytes: 2 ** 40,
};
const link = inviteLink('https://example.org/app', invite);
const codeAt = link.indexOf('#join=') + '#join='.length;

test('the check value of the standard', () => {
  expect(crc32(new TextEncoder().encode('123456789'))).toBe(0xcbf43926);
});

test('a whole link is read', () => {
  expect(parseInviteLink(link)).toEqual(invite);
});

test('a link that lost its end is refused, wherever it was cut', () => {
  for (let length = codeAt; length < link.length; length++) {
    expect(() => parseInviteLink(link.slice(0, length)), `${length}`).toThrow('Copy the whole link');
  }
});

test('a link with one other character is refused', () => {
  // The last character has bits that stand for nothing.
  for (let at = codeAt; at < link.length - 1; at++) {
    const other = link[at] === 'A' ? 'B' : 'A';
    const changed = link.slice(0, at) + other + link.slice(at + 1);
    expect(() => parseInviteLink(changed), `${at}`).toThrow('Copy the whole link');
  }
});
