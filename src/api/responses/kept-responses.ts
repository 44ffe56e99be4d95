import * as v from 'valibot';
import { toHex } from '../../base/bytes.ts';
import { keptResponseBytesMax, keptResponseMs } from '../../base/limits.ts';
import type { Random } from '../../base/random.ts';
import type { ChatMessage } from '../../router/request.ts';
import type { Store } from '../../store/store.ts';

export interface KeptResponse {
  /** As the client got it. */
  readonly response: Readonly<Record<string, unknown>>;
  /** The conversation up to this answer and with it, without instructions. */
  readonly messages: readonly ChatMessage[];
}

export interface KeptResponsesParts {
  readonly store: Store;
  /** The oldest give way to more. */
  readonly most: number;
  /** Milliseconds since 1970. */
  readonly date: () => number;
}

export const keptResponsePrefix = 'response/';

/** What this code wrote itself, on a disk that may have lost some of it. */
const schema = v.object({
  response: v.record(v.string(), v.unknown()),
  messages: v.array(v.looseObject({ role: v.string(), content: v.string() })),
});

/** Answers that clients may go on from or read again, for a day. Whoever knows an id may: 96 of its bits are random. */
export class KeptResponses {
  readonly #parts: KeptResponsesParts;

  constructor(parts: KeptResponsesParts) {
    this.#parts = parts;
  }

  /** Begins with the time, so that keys are in the order of their age. */
  newId(random: Random): string {
    return `resp_${this.#parts.date().toString(16).padStart(12, '0')}${toHex(random.bytes(12))}`;
  }

  /** False where it is too long or there is no room. Never rejects. */
  async keep(id: string, kept: KeptResponse): Promise<boolean> {
    const bytes = new TextEncoder().encode(JSON.stringify(kept));
    if (bytes.length > keptResponseBytesMax) return false;
    try {
      await this.#parts.store.put('documents', keptResponsePrefix + id, bytes);
      await this.#sweep();
      return true;
    } catch {
      return false;
    }
  }

  async read(id: string): Promise<KeptResponse | undefined> {
    if (!this.#lives(id)) return undefined;
    const bytes = await this.#parts.store.get('documents', keptResponsePrefix + id);
    if (!bytes) return undefined;
    try {
      const read = v.safeParse(schema, JSON.parse(new TextDecoder().decode(bytes)));
      return read.success ? (read.output as unknown as KeptResponse) : undefined;
    } catch {
      return undefined;
    }
  }

  /** Whether there was one. */
  async delete(id: string): Promise<boolean> {
    const found = (await this.read(id)) !== undefined;
    if (found) await this.#parts.store.delete('documents', keptResponsePrefix + id);
    return found;
  }

  #lives(id: string): boolean {
    const age = this.#parts.date() - Number.parseInt(id.slice('resp_'.length).slice(0, 12), 16);
    return /^resp_[0-9a-f]{36}$/.test(id) && age < keptResponseMs;
  }

  async #sweep(): Promise<void> {
    const { store, most } = this.#parts;
    const keys = await store.keys('documents', keptResponsePrefix);
    const old = keys.filter(
      (key, index) => index < keys.length - most || !this.#lives(key.slice(keptResponsePrefix.length)),
    );
    for (const key of old) await store.delete('documents', key);
  }
}
