import * as v from 'valibot';
import type { Caller } from '../../api/caller.ts';
import { ApiError } from '../../api/errors.ts';
import type { Clock } from '../../base/clock.ts';
import { secretCharactersMax } from '../../base/limits.ts';
import { wantedModels } from '../../router/request.ts';
import type { Store } from '../../store/store.ts';
import { type ClientKey, type ClientKeys, hashOf } from './client-keys.ts';

export interface ClientCallersParts {
  readonly keys: ClientKeys;
  readonly store: Store;
  readonly clock: Clock;
  /** Milliseconds since 1970. */
  readonly date: () => number;
}

const minuteMs = 60_000;
const dayMs = 86_400_000;
const microcentsPerCent = 1_000_000;

const spentSchema = v.object({ day: v.number(), microcents: v.pipe(v.number(), v.minValue(0)) });
type Spent = v.InferOutput<typeof spentSchema>;

/** Who asks the gateway, by the key that it sends; each is held to its rights. */
export class ClientCallers {
  readonly #parts: ClientCallersParts;
  /** When those asked whose requests are limited, in the last minute. */
  readonly #asked = new Map<string, number[]>();
  readonly #spent = new Map<string, Spent>();
  #keeping: Promise<void> = Promise.resolve();

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
    await this.#load(found.id);
    return {
      mayAsk: model => found.rights.models?.includes(model) ?? true,
      admit: requests => {
        for (const model of requests.flatMap(wantedModels)) this.#allow(found, model);
        this.#pay(found);
        this.#take(found);
      },
      charge: cost => this.#charge(found.id, cost),
    };
  }

  #allow({ rights }: ClientKey, model: string): void {
    if (rights.models === undefined || rights.models.includes(model)) return;
    const may = rights.models.join(', ') || 'none';
    const reason = `This key may not ask "${model.slice(0, 100)}". It may ask: ${may.slice(0, 500)}.`;
    throw new ApiError(403, reason, { code: 'model_not_found' });
  }

  #pay({ id, rights: { centsPerDay } }: ClientKey): void {
    if (centsPerDay === undefined || this.#today(id).microcents < centsPerDay * microcentsPerCent) return;
    const seconds = Math.ceil((dayMs - (this.#parts.date() % dayMs)) / 1000);
    throw new ApiError(429, `This key has used up its ${centsPerDay} cents of today (UTC).`, {
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

  #today(id: string): Spent {
    const day = Math.floor(this.#parts.date() / dayMs);
    const known = this.#spent.get(id);
    if (known?.day === day) return known;
    const fresh = { day, microcents: 0 };
    this.#spent.set(id, fresh);
    return fresh;
  }

  #charge(id: string, cost: number): Promise<void> {
    if (cost === 0) return Promise.resolve();
    this.#today(id).microcents += cost;
    // One after the other, so that no sum overtakes a later one. What cannot be kept a restart forgets; the answer is paid all the same.
    this.#keeping = this.#keeping.then(() => this.#keep(id)).catch(() => {});
    return this.#keeping;
  }

  #keep(id: string): Promise<void> {
    const bytes = new TextEncoder().encode(JSON.stringify(this.#today(id)));
    return this.#parts.store.put('settings', placeOf(id), bytes);
  }

  /** Of before this process began. */
  async #load(id: string): Promise<void> {
    if (this.#spent.has(id)) return;
    const bytes = await this.#parts.store.get('settings', placeOf(id));
    if (this.#spent.has(id)) return;
    const read = v.safeParse(spentSchema, bytes && parse(bytes));
    if (read.success) this.#spent.set(id, read.output);
  }
}

const placeOf = (id: string) => `client-spent/${id}`;

function parse(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(bytes));
  } catch {
    return undefined;
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
