/** For tests: members that say things and tell each other, without signatures. */
import { sha256 } from '@noble/hashes/sha2.js';
import type { PeerId, PodId } from '../../base/brand.ts';
import { toBase64Url } from '../../base/bytes.ts';
import { podIdOf } from './read-document.ts';
import type { InviteId, KeyId, Statement, StatementBody, StatementHash } from './statement.ts';

export const hashOf = (text: string): string => toBase64Url(sha256(new TextEncoder().encode(text)));
export const inviteNamed = (name: string): InviteId => hashOf(`invite ${name}`) as InviteId;
export const keyNamed = (name: string): KeyId => hashOf(`key ${name}`) as KeyId;
const proof = 'A'.repeat(86);
const nonce = 'A'.repeat(22);

export const admission = (peer: string, invite: string): StatementBody => ({
  kind: 'admit',
  peer: peer as PeerId,
  invite: inviteNamed(invite),
  proof,
});
export const founding = (name: string): StatementBody => ({
  kind: 'found',
  name,
  nonce,
  key: keyNamed('first'),
});

/** Somebody who holds statements; it knows what it has heard, and nothing else. */
export class Speaker {
  readonly peer: PeerId;
  readonly held = new Map<string, Statement>();
  #told = new Map<PeerId, number>();

  constructor(name: string) {
    this.peer = name as PeerId;
  }

  say(body: StatementBody, at = 0): Statement {
    const own = [...this.held.values()].filter(({ author }) => author === this.peer);
    const known = new Map<PeerId, number>();
    for (const { author, sequence } of this.held.values())
      if (author !== this.peer) known.set(author, Math.max(sequence, known.get(author) ?? 0));
    const content = {
      pod: '',
      author: this.peer,
      sequence: own.length + 1,
      previous: own.find(({ sequence }) => sequence === own.length)?.hash ?? ('' as const),
      seen: [...known].filter(([author, count]) => count > (this.#told.get(author) ?? 0)),
      at,
      body,
    };
    this.#told = known;
    const statement: Statement = { ...content, hash: hashOf(JSON.stringify(content)) as StatementHash };
    this.held.set(statement.hash, statement);
    return statement;
  }

  hear(other: Speaker): void {
    for (const [hash, statement] of other.held) this.held.set(hash, statement);
  }
}

export function foundedBy(name: string): { founder: Speaker; pod: PodId } {
  const founder = new Speaker(name);
  return { founder, pod: podIdOf(founder.say(founding('Workshop'))) };
}
