import type { PeerId, PodId } from '../../base/brand.ts';
import { isKind, TabmeshError } from '../../base/error.ts';
import { seenPerStatementMax } from '../../base/limits.ts';
import { Turns } from '../../base/turns.ts';
import type { Store } from '../../store/store.ts';
import type { Desk } from './desk.ts';
import type { Head, Kept, Place } from './keeper.ts';
import { podIdOf } from './read-document.ts';
import { openStatement, type PublicKeyOf, signedHeaderOf, unsealed } from './sealed.ts';
import type { StatementBody, StatementContent } from './statement.ts';
import type { DocumentView } from './view.ts';

export interface DocumentParts {
  readonly self: PeerId;
  readonly desk: Desk;
  readonly store: Store;
  readonly publicKeyOf: PublicKeyOf;
  /** Ed25519, with the key that `self` names. */
  readonly sign: (bytes: Uint8Array) => Promise<Uint8Array>;
  /** Milliseconds since 1970. */
  readonly date: () => number;
}

let opened = 0;

/** The pod's document as this peer holds it. What it says is stored before anybody is told. */
export class PodDocument {
  readonly id: PodId;
  readonly #handle = `document-${opened++}`;
  readonly #parts: DocumentParts;
  readonly #onChange: () => void;
  #kept: Kept | undefined;
  readonly #turns = new Turns();
  #closed = false;

  private constructor(id: PodId, parts: DocumentParts, onChange: () => void) {
    this.id = id;
    this.#parts = parts;
    this.#onChange = onChange;
  }

  /** Founds a pod. */
  static async found(
    parts: DocumentParts,
    body: Extract<StatementBody, { kind: 'found' }>,
    onChange: () => void,
  ): Promise<PodDocument> {
    const header = { pod: '', author: parts.self, sequence: 1, previous: '' as const };
    const { toSign, seal, hash } = unsealed(header, { seen: [], at: parts.date(), body });
    const sealed = seal(await parts.sign(toSign));
    const document = new PodDocument(podIdOf({ hash }), parts, onChange);
    await document.#turns.take(async () => {
      await parts.desk.open(document.#handle, document.id, parts.self);
      await document.#store(await parts.desk.add(document.#handle, sealed));
    });
    return document;
  }

  /** What is stored of a pod, or an empty one that the first `merge` fills. */
  static async open(id: PodId, parts: DocumentParts, onChange: () => void): Promise<PodDocument> {
    const document = new PodDocument(id, parts, onChange);
    const snapshot = await parts.store.get('documents', document.#key);
    try {
      document.#kept = await parts.desk.open(document.#handle, id, parts.self, snapshot);
    } catch (error) {
      // What is damaged here is whole with the others.
      if (!isKind(error, 'corrupt')) throw error;
      await parts.desk.open(document.#handle, id, parts.self);
    }
    return document;
  }

  /** Undefined until there is anything. */
  get view(): DocumentView | undefined {
    return this.#kept?.view;
  }

  get heads(): readonly Head[] {
    return this.#kept?.heads ?? [];
  }

  has(peer: PeerId): boolean {
    return this.view?.members.some(each => each.peer === peer) ?? false;
  }

  /** Rejects with TabmeshError('full' | 'unavailable', ...) where it cannot be said or stored; then it was not said. */
  say(body: StatementBody): Promise<void> {
    return this.#turns.take(async () => {
      const kept = this.#kept;
      if (!kept) throw new TabmeshError('invalid', 'pod', 'The document of this pod is not here yet.');
      const unnamed = kept.unnamed.map(([author, count]): [PeerId, number] => [author, count]);
      while (unnamed.length > seenPerStatementMax)
        await this.#append({ seen: unnamed.splice(0, seenPerStatementMax), body: { kind: 'seen' } });
      await this.#append({ seen: unnamed, body });
    });
  }

  /**
   * Takes what another member sent; resolves to where an author has told it another thing than us. Rejects with
   * TabmeshError('corrupt' | 'full' | 'denied' | 'not-found', 'pod'), see DocumentKeeper, or as `say`.
   */
  merge(update: Uint8Array): Promise<readonly Place[]> {
    return this.#turns.take(async () => {
      const merged = await this.#atDesk(desk => desk.merge(this.#handle, update));
      if ('forks' in merged) return merged.forks;
      await this.#store(merged.kept);
      return [];
    });
  }

  updateFor(heads: readonly Head[]): Promise<Uint8Array<ArrayBuffer> | undefined> {
    return this.#turns.take(() => this.#atDesk(desk => desk.updateFor(this.#handle, heads)));
  }

  forksWith(heads: readonly Head[]): Promise<readonly Place[]> {
    return this.#turns.take(() => this.#atDesk(desk => desk.forksWith(this.#handle, heads)));
  }

  sealedAt(place: Place): Promise<Uint8Array<ArrayBuffer> | undefined> {
    return this.#turns.take(() => this.#atDesk(desk => desk.sealedAt(this.#handle, place)));
  }

  /**
   * Another member holds `statement` where we hold something else. Where both follow the same one, they prove that their
   * author lies, and that is said for all; otherwise resolves to the place before, where the two chains may part.
   */
  async compare(statement: Uint8Array): Promise<Place | undefined> {
    const theirs = openStatement(this.id, statement, this.#parts.publicKeyOf);
    const { author, sequence, previous, hash } = theirs;
    const sealed = await this.sealedAt({ author, sequence });
    const ours = sealed && openStatement(this.id, sealed, this.#parts.publicKeyOf);
    if (!ours || !sealed || ours.hash === hash) return undefined;
    if (ours.previous !== previous) return { author, sequence: sequence - 1 };
    const known = this.view?.liars.find(({ peer }) => peer === author);
    if (known && known.from <= sequence) return undefined;
    await this.say({ kind: 'lie', first: signedHeaderOf(sealed), second: signedHeaderOf(statement) });
    return undefined;
  }

  /** What is stored stays, whatever became of the membership: nobody may use a number twice. */
  async close(): Promise<void> {
    const end = () => {
      // From here on it is meant not to be open; what is asked after this must not open it anew.
      this.#closed = true;
      return this.#parts.desk.close(this.#handle);
    };
    await this.#turns.take(end).catch(() => {});
  }

  /** Two tabs of one browser share a store, and each holds its own. */
  get #key(): string {
    return `${this.#parts.self}/${this.id}`;
  }

  async #append(said: Omit<StatementContent, 'at'>): Promise<void> {
    const { self, sign, date } = this.#parts;
    const own = this.heads.find(({ author }) => author === self);
    const header = {
      pod: this.id,
      author: self,
      sequence: (own?.count ?? 0) + 1,
      previous: own?.hash ?? ('' as const),
    };
    const { toSign, seal } = unsealed(header, { ...said, at: date() });
    const sealed = seal(await sign(toSign));
    await this.#store(await this.#atDesk(desk => desk.add(this.#handle, sealed)));
  }

  async #store(kept: Kept): Promise<void> {
    try {
      await this.#parts.store.put('documents', this.#key, kept.snapshot);
    } catch (error) {
      // Said again under the same number after a reload, it would be a lie.
      await this.#reopen();
      throw error;
    }
    this.#kept = kept;
    this.#onChange();
  }

  /**
   * A worker that died has taken the open document with it, and the one after it knows of none: it is opened anew with what
   * was stored last, and asked once more. That nothing was kept of what had failed makes it safe to ask again.
   */
  async #atDesk<T>(ask: (desk: Desk) => Promise<T>): Promise<T> {
    try {
      return await ask(this.#parts.desk);
    } catch (error) {
      if (this.#closed || (!isKind(error, 'lost') && !isKind(error, 'not-found'))) throw error;
      await this.#reopen();
      return ask(this.#parts.desk);
    }
  }

  async #reopen(): Promise<void> {
    await this.#parts.desk.open(this.#handle, this.id, this.#parts.self, this.#kept?.snapshot);
  }
}
