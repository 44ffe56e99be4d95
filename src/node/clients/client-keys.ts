import * as v from 'valibot';
import { sha256Hex, toBase64Url, toHex } from '../../base/bytes.ts';
import { TabmeshError } from '../../base/error.ts';
import {
  clientCentsMax,
  clientKeysMax,
  clientModelsMax,
  clientNameCharactersMax,
  clientRequestsMax,
  modelRefCharactersMax,
} from '../../base/limits.ts';
import type { Random } from '../../base/random.ts';
import type { Store } from '../../store/store.ts';

const count = (most: number) => v.pipe(v.number(), v.safeInteger(), v.minValue(0), v.maxValue(most));

const rightsSchema = v.strictObject({
  /** For people. */
  name: v.pipe(v.string(), v.nonEmpty(), v.maxLength(clientNameCharactersMax)),
  /** Requests in any minute; what is missing is not limited. */
  perMinute: v.exactOptional(count(clientRequestsMax)),
  /** US cents in one day (UTC). */
  centsPerDay: v.exactOptional(v.pipe(v.number(), v.minValue(0), v.maxValue(clientCentsMax))),
  /** As requests name them; all without. */
  models: v.exactOptional(
    v.pipe(
      v.array(v.pipe(v.string(), v.nonEmpty(), v.maxLength(modelRefCharactersMax))),
      v.maxLength(clientModelsMax),
    ),
  ),
});
export type ClientRights = v.InferOutput<typeof rightsSchema>;

const keySchema = v.strictObject({
  id: v.pipe(v.string(), v.regex(/^[0-9a-f]{8}$/)),
  /** Of the whole key; missing where it was revoked. */
  sha256: v.exactOptional(v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/))),
  /** Its last characters, by which people tell keys apart. */
  end: v.pipe(v.string(), v.maxLength(4)),
  /** Milliseconds since 1970. */
  made: v.number(),
  rights: rightsSchema,
});
export type ClientKey = v.InferOutput<typeof keySchema>;

const place = 'client-keys';

/**
 * The keys of this gateway's clients, of which only hashes are kept. They are read anew for each use, since another process makes and
 * revokes them. One that is revoked stays in the list, so that the gateway does not stand open when the last is.
 */
export class ClientKeys {
  readonly #store: Store;

  constructor(store: Store) {
    this.#store = store;
  }

  /** Throws TabmeshError('corrupt', 'node') rather than to answer that there are none. */
  async list(): Promise<readonly ClientKey[]> {
    const bytes = await this.#store.get('keys', place);
    if (!bytes) return [];
    try {
      return v.parse(v.array(keySchema), JSON.parse(new TextDecoder().decode(bytes)));
    } catch (cause) {
      const reason =
        'The list of client keys cannot be read. Take it away with "key --clear" and make new ones.';
      throw new TabmeshError('corrupt', 'node', reason, { cause });
    }
  }

  /** Answers the key itself, once and never again. Throws TabmeshError('invalid' | 'full', 'node'). */
  async make(rights: ClientRights, random: Random, date: () => number): Promise<{ key: string; id: string }> {
    const read = v.safeParse(rightsSchema, rights);
    if (!read.success) {
      const [issue] = read.issues;
      const field = v.getDotPath(issue) ?? 'it';
      throw new TabmeshError('invalid', 'node', `Such a key is not made: ${field}: ${issue.message}.`);
    }
    const list = await this.list();
    if (list.length >= clientKeysMax) {
      const reason = `There are ${clientKeysMax} keys already, revoked ones among them. Start anew with --clear.`;
      throw new TabmeshError('full', 'node', reason);
    }
    const key = `pk_${toBase64Url(random.bytes(24))}`;
    const id = toHex(random.bytes(4));
    const made = { id, sha256: await hashOf(key), end: key.slice(-4), made: date(), rights: read.output };
    await this.#write([...list, made]);
    return { key, id };
  }

  /** Throws TabmeshError('not-found', 'node'). */
  async revoke(id: string): Promise<void> {
    const list = await this.list();
    if (!list.some(each => each.id === id && each.sha256 !== undefined))
      throw new TabmeshError('not-found', 'node', `There is no key "${id.slice(0, 40)}" to revoke.`);
    await this.#write(
      list.map(({ sha256, ...rest }) => (rest.id === id || !sha256 ? rest : { ...rest, sha256 })),
    );
  }

  /** The gateway answers again as if no key had ever been made. */
  async clear(): Promise<void> {
    await this.#store.delete('keys', place);
  }

  async #write(list: readonly ClientKey[]): Promise<void> {
    await this.#store.put('keys', place, new TextEncoder().encode(JSON.stringify(list)));
  }
}

export const hashOf = (key: string): Promise<string> => sha256Hex(new TextEncoder().encode(key));
