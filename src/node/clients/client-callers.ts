import type { Caller } from '../../api/caller.ts';
import { ApiError } from '../../api/errors.ts';
import type { PeerId } from '../../base/brand.ts';
import { toHex } from '../../base/bytes.ts';
import type { Clock } from '../../base/clock.ts';
import { secretCharactersMax } from '../../base/limits.ts';
import type { Random } from '../../base/random.ts';
import { microcentsPerCent, type Period } from '../../ledger/budget.ts';
import type { Purse } from '../../ledger/purse.ts';
import { SpendingBook } from '../../ledger/spending-book.ts';
import { wantedModels } from '../../router/request.ts';
import type { Store } from '../../store/store.ts';
import { type ClientKey, type ClientKeys, hashOf } from './client-keys.ts';

export interface ClientCallersParts {
  readonly keys: ClientKeys;
  readonly store: Store;
  readonly clock: Clock;
  readonly random: Random;
  /** Milliseconds since 1970. */
  readonly date: () => number;
}

const minuteMs = 60_000;
const dayMs = 86_400_000;

/** Who asks the gateway, by the key that it sends; each is held to its rights. */
export class ClientCallers {
  readonly #parts: ClientCallersParts;
  /** When those asked whose requests are limited, in the last minute. */
  readonly #asked = new Map<string, number[]>();
  readonly #books = new Map<string, Promise<SpendingBook>>();

  constructor(parts: ClientCallersParts) {
    this.#parts = parts;
  }

  /** Undefined where no key was ever made: then whoever reaches the gateway may ask. Throws ApiError(401). */
  async callerOf(headers: Headers): Promise<Caller | undefined> {
    const list = await this.#parts.keys.list();
    if (list.length === 0) return undefined;
    const given = keyIn(headers);
    if (given === undefined) throw noKey();
    const hash = await hashOf(given);
    const found = list.find(({ sha256 }) => sha256 === hash);
    if (!found) throw wrongKey(given);
    const purse = this.#purseOf(found);
    return {
      mayAsk: model => found.rights.models?.includes(model) ?? true,
      admit: requests => {
        for (const model of requests.flatMap(wantedModels)) this.#allow(found, model);
        this.#take(found);
      },
      ...(purse ? { purse } : {}),
    };
  }

  #allow({ rights }: ClientKey, model: string): void {
    if (rights.models === undefined || rights.models.includes(model)) return;
    const may = rights.models.join(', ') || 'none';
    const reason = `This key may not ask "${model.slice(0, 100)}". It may ask: ${may.slice(0, 500)}.`;
    throw new ApiError(403, reason, { code: 'model_not_found' });
  }

  #purseOf({ id, rights: { centsPerDay } }: ClientKey): Purse | undefined {
    if (centsPerDay === undefined) return undefined;
    return {
      reserve: async (model, most) => {
        const book = await this.#bookOf(id);
        const made = await book.reserve(today => {
          const held = book.held(today as string as Period).get(id as PeerId) ?? 0;
          const amount = most(Math.max(0, Math.floor(centsPerDay * microcentsPerCent) - held));
          if (amount === undefined) throw this.#usedUp(centsPerDay);
          return { id: toHex(this.#parts.random.bytes(16)), peer: id as PeerId, model, amount };
        });
        return { book, made };
      },
    };
  }

  /** One for each key, so that nobody waits for another's disk. */
  #bookOf(id: string): Promise<SpendingBook> {
    const { store, date } = this.#parts;
    const opened = this.#books.get(id) ?? SpendingBook.open(store, `client-book/${id}`, date);
    this.#books.set(id, opened);
    opened.catch(() => this.#books.delete(id));
    return opened;
  }

  #usedUp(centsPerDay: number): ApiError {
    const seconds = Math.ceil((dayMs - (this.#parts.date() % dayMs)) / 1000);
    const reason = `What is left of this key's ${centsPerDay} cents of today (UTC) does not pay for this. Ask for less, or come back tomorrow.`;
    return new ApiError(429, reason, {
      type: 'insufficient_quota',
      code: 'insufficient_quota',
      headers: { 'retry-after': `${seconds}` },
    });
  }

  #take({ id, rights: { perMinute } }: ClientKey): void {
    if (perMinute === undefined) return;
    const now = this.#parts.clock.now();
    const asked = (this.#asked.get(id) ?? []).filter(at => now - at < minuteMs);
    this.#asked.set(id, asked);
    if (asked.length < perMinute) {
      asked.push(now);
      return;
    }
    const seconds = Math.ceil((minuteMs - (now - (asked[0] ?? now))) / 1000);
    throw new ApiError(
      429,
      `Rate limit reached for this key on requests per min (RPM): Limit ${perMinute}. Please try again in ${seconds}s.`,
      {
        type: 'requests',
        code: 'rate_limit_exceeded',
        headers: {
          'retry-after': `${seconds}`,
          'x-ratelimit-limit-requests': `${perMinute}`,
          'x-ratelimit-remaining-requests': '0',
          'x-ratelimit-reset-requests': `${seconds}s`,
        },
      },
    );
  }
}

/** As OpenAI's clients send it, or Anthropic's. */
function keyIn(headers: Headers): string | undefined {
  const bearer = /^Bearer\s+(\S+)\s*$/i.exec(headers.get('authorization') ?? '')?.[1];
  const key = bearer ?? headers.get('x-api-key')?.trim();
  return key ? key.slice(0, secretCharactersMax) : undefined;
}

const noKey = () =>
  new ApiError(
    401,
    "You didn't provide an API key. This gateway wants one that it made, as Authorization: Bearer KEY or x-api-key: KEY.",
    { headers: { 'www-authenticate': 'Bearer' } },
  );

const wrongKey = (given: string) =>
  new ApiError(401, `Incorrect API key provided: ${masked(given)}. Ask this gateway's owner for one.`, {
    code: 'invalid_api_key',
    headers: { 'www-authenticate': 'Bearer' },
  });

const masked = (key: string) => (key.length < 12 ? '***' : `${key.slice(0, 3)}***${key.slice(-4)}`);
