import type { LoroDoc } from 'loro-crdt';
import type { PeerId, PodId } from '../../base/brand.ts';
import { isKind, TabmeshError } from '../../base/error.ts';
import { documentUpdateBytesMax } from '../../base/limits.ts';
import { inOrder, liarsOf, type Seen } from './order.ts';
import { assertOwnOps, listOf, loroPeerOf } from './own-ops.ts';
import { readDocument } from './read-document.ts';
import { type Chain, Room } from './room.ts';
import { openStatement, type PublicKeyOf } from './sealed.ts';
import type { Statement, StatementHash } from './statement.ts';
import type { DocumentView } from './view.ts';

export type Loro = Pick<typeof import('loro-crdt'), 'LoroDoc' | 'VersionVector' | 'decodeImportBlobMeta'>;

/** What somebody holds of an author; see Head in wire/pod.proto. */
export interface Head {
  readonly author: PeerId;
  readonly count: number;
  readonly sound: number;
  readonly hash: StatementHash | '';
}

/** What is held after a change. */
export interface Kept {
  readonly view: DocumentView;
  readonly heads: readonly Head[];
  /** Of others, what can be read and was not named by a statement of ours yet. */
  readonly unnamed: readonly (readonly [PeerId, number])[];
  /** What a store keeps of it. */
  readonly snapshot: Uint8Array<ArrayBuffer>;
}

export interface Place {
  readonly author: PeerId;
  readonly sequence: number;
}

/**
 * Either all of an update is held now, or nothing of it: where an author has told others another thing than us. No fork
 * at all means that nothing of it was new.
 */
export type Merged = { readonly kept: Kept } | { readonly forks: readonly Place[] };

/**
 * One pod's document: a Loro document with a list for each author, whose own Loro peer appends one statement with each
 * operation and does nothing else. So Loro's version of an author is the number of its statements, and every operation
 * is signed. Everything comes onto a copy first, which takes the place of the document when all of it has held.
 */
export class DocumentKeeper {
  readonly #loro: Loro;
  readonly #pod: PodId;
  readonly #self: PeerId;
  readonly #publicKeyOf: PublicKeyOf;
  #doc: LoroDoc;
  #chains = new Map<PeerId, Chain>();
  #liars: ReadonlyMap<PeerId, number> = new Map();
  readonly #room: Room;

  /** `snapshot` is our own. Throws TabmeshError('corrupt', 'pod') where it is damaged. */
  constructor(loro: Loro, pod: PodId, self: PeerId, publicKeyOf: PublicKeyOf, snapshot?: Uint8Array) {
    this.#loro = loro;
    this.#pod = pod;
    this.#self = self;
    this.#publicKeyOf = publicKeyOf;
    this.#room = new Room(pod);
    this.#doc = new loro.LoroDoc();
    if (snapshot) this.#take(this.#copyWith(snapshot), 'store');
  }

  /** Throws TabmeshError('corrupt' | 'full' | 'denied', 'pod'), and then nothing has changed. */
  add(sealed: Uint8Array): Kept {
    const { author } = openStatement(this.#pod, sealed, this.#publicKeyOf);
    const copy = this.#doc.fork();
    copy.setPeerId(loroPeerOf(author));
    copy.getList(listOf(author)).push(sealed);
    copy.commit();
    if (this.#take(copy, 'self').length > 0) throw corrupt('It does not follow what this peer said before.');
    return this.kept();
  }

  /** Throws as `add`, and 'not-found' where it builds on what is not here. */
  merge(update: Uint8Array): Merged {
    // In a full mesh each hears the same from many.
    if (this.#knows(update)) return { forks: [] };
    const forks = this.#take(this.#copyWith(update), 'others');
    return forks.length > 0 ? { forks } : { kept: this.kept() };
  }

  /** What somebody with these heads lacks. */
  updateFor(heads: readonly Head[]): Uint8Array<ArrayBuffer> | undefined {
    const theirs = new Map(heads.map(({ author, count }) => [author, count]));
    if ([...this.#chains].every(([author, { sealed }]) => (theirs.get(author) ?? 0) >= sealed.length))
      return undefined;
    const version = new Map(
      [...this.#chains].flatMap(([author, { sealed }]) => {
        const count = Math.min(theirs.get(author) ?? 0, sealed.length);
        return count > 0 ? [[`${loroPeerOf(author)}` as const, count] as const] : [];
      }),
    );
    const from = new this.#loro.VersionVector(version);
    return this.#doc.export({ mode: 'update', from }) as Uint8Array<ArrayBuffer>;
  }

  /** Where an author has told others another thing than us. */
  forksWith(heads: readonly Head[]): Place[] {
    return heads.flatMap(({ author, sound, hash }) => {
      const ours = this.#sound(author);
      const at = Math.min(sound, ours);
      return at > 0 && sound === at && this.#statement(author, at)?.hash !== hash
        ? [{ author, sequence: at }]
        : [];
    });
  }

  /** What is held at a place, as its author signed it. */
  sealedAt({ author, sequence }: Place): Uint8Array<ArrayBuffer> | undefined {
    return this.#chains.get(author)?.sealed[sequence - 1] as Uint8Array<ArrayBuffer> | undefined;
  }

  kept(): Kept {
    const statements = [...this.#chains.values()].flatMap(chain => chain.statements);
    const view = readDocument(this.#pod, statements);
    if (!view) throw corrupt('It does not hold what founded this pod.');
    return { view, heads: this.#heads(), unnamed: this.#unnamed(statements), snapshot: this.#snapshot() };
  }

  free(): void {
    this.#doc.free();
  }

  #unnamed(statements: readonly Statement[]): [PeerId, number][] {
    const readable = new Map<PeerId, number>();
    let named: Seen = new Map();
    for (const { statement, seen } of inOrder(statements, this.#liars)) {
      const { author, sequence } = statement;
      readable.set(author, Math.max(sequence, readable.get(author) ?? 0));
      if (author === this.#self) named = seen;
    }
    readable.delete(this.#self);
    return [...readable].filter(([author, count]) => count > (named.get(author) ?? 0));
  }

  #heads(): Head[] {
    return [...this.#chains].map(([author, { sealed }]) => {
      const sound = this.#sound(author);
      return { author, count: sealed.length, sound, hash: this.#statement(author, sound)?.hash ?? '' };
    });
  }

  /** How many statements of an author count: all, or those before its first lie. */
  #sound(author: PeerId): number {
    const count = this.#chains.get(author)?.statements.length ?? 0;
    return Math.min(count, (this.#liars.get(author) ?? Infinity) - 1);
  }

  #statement(author: PeerId, sequence: number): Statement | undefined {
    return this.#chains.get(author)?.statements[sequence - 1];
  }

  #snapshot(): Uint8Array<ArrayBuffer> {
    return this.#doc.export({ mode: 'update' }) as Uint8Array<ArrayBuffer>;
  }

  #knows(update: Uint8Array): boolean {
    try {
      const { partialEndVersionVector: end } = this.#loro.decodeImportBlobMeta(update, true);
      return (this.#doc.version().compare(end) ?? -1) >= 0;
    } catch {
      return false;
    }
  }

  #copyWith(update: Uint8Array): LoroDoc {
    if (update.length > documentUpdateBytesMax)
      throw corrupt(`It has ${update.length} bytes, more than the limit.`);
    const copy = this.#doc.fork();
    try {
      // The mode is told before anything is imported: a snapshot would be a whole history of somebody else's making.
      if (this.#loro.decodeImportBlobMeta(update, true).mode !== 'update') throw new Error('it is no update');
      if (copy.import(update).pending) throw incomplete();
      assertOwnOps(copy, this.#doc.version());
      return copy;
    } catch (error) {
      copy.free();
      if (isKind(error, 'not-found')) throw error;
      throw corrupt(
        `It is no part of a document (${error instanceof Error ? error.message : String(error)}).`,
      );
    }
  }

  /** Makes `copy` the document, if what is new in it holds; otherwise tells where an author's chain is not one. */
  #take(copy: LoroDoc, from: 'store' | 'self' | 'others'): Place[] {
    try {
      const chains = new Map<PeerId, Chain>();
      const forks: Place[] = [];
      for (const [author, sealed] of listsOf(copy)) {
        const chain = this.#extended(author, sealed);
        chains.set(author, chain);
        const broken = chain.statements.findIndex(
          ({ previous }, index) => previous !== (chain.statements[index - 1]?.hash ?? ''),
        );
        if (broken === 0) throw corrupt('A chain of statements has no beginning.');
        // Beyond a known lie nothing counts, so nothing need follow.
        if (broken >= 0 && broken + 1 < (this.#liars.get(author) ?? Infinity))
          forks.push({ author, sequence: broken });
      }
      if (forks.length > 0 && from === 'others') {
        copy.free();
        return forks;
      }
      // What was taken once must open again, whatever the limits are now.
      if (from !== 'store') this.#room.assertFor(this.#chains, chains, from === 'self');
      this.#doc.free();
      this.#doc = copy;
      this.#chains = chains;
      this.#liars = liarsOf([...chains.values()].flatMap(chain => chain.statements));
      return [];
    } catch (error) {
      if (copy !== this.#doc) copy.free();
      throw error;
    }
  }

  /** What was held before is held still; only what is new is opened and checked. */
  #extended(author: PeerId, sealed: Uint8Array[]): Chain {
    const before = this.#chains.get(author);
    const statements = before?.statements.slice() ?? [];
    for (const bytes of sealed.slice(statements.length)) {
      const statement = openStatement(this.#pod, bytes, this.#publicKeyOf);
      if (statement.author !== author || statement.sequence !== statements.length + 1)
        throw corrupt("A statement stands in another author's place.");
      statements.push(statement);
    }
    return { statements, sealed };
  }
}

function listsOf(doc: LoroDoc): [PeerId, Uint8Array[]][] {
  const prefix = listOf('' as PeerId);
  return Object.keys(doc.getShallowValue())
    .filter(name => name.startsWith(prefix))
    .map(name => [name.slice(prefix.length) as PeerId, doc.getList(name).toArray() as Uint8Array[]]);
}

/** Nobody's fault: whoever sent it believes that we have taken what it sent before. */
const incomplete = (): TabmeshError =>
  new TabmeshError('not-found', 'pod', 'A change of the document builds on what is not here.');
const corrupt = (reason: string): TabmeshError => new TabmeshError('corrupt', 'pod', reason);
