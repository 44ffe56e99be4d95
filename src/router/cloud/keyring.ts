import * as v from 'valibot';
import { toHex } from '../../base/bytes.ts';
import type { Clock } from '../../base/clock.ts';
import { within } from '../../base/deadline.ts';
import { TabmeshError, toError } from '../../base/error.ts';
import {
  providerAnswerMs,
  providerErrorBytesMax,
  providersMax,
  secretCharactersMax,
  secretCharactersMin,
} from '../../base/limits.ts';
import { type Live, LiveValue } from '../../base/live.ts';
import type { Store } from '../../store/store.ts';
import { boundedText } from './bounded-text.ts';
import { providerError, readProblem, retryAfterMs, unreachable } from './provider-error.ts';
import { customProvider, type Provider } from './providers.ts';
import { seal, sealedSchema, unseal } from './sealed.ts';

export interface KeyringParts {
  readonly store: Store;
  /** Asked when it is first needed: making one writes to the disk. */
  readonly wrappingKey: () => Promise<CryptoKey>;
  readonly providers: readonly Provider[];
  readonly clock: Clock;
  readonly fetch: typeof globalThis.fetch;
}

/** A provider for which a key is there. */
export interface HeldKey {
  readonly provider: Provider;
  /** Changes with the key: what was seen of an old one says nothing about a new one. */
  readonly revision: string;
}

const entrySchema = v.object({
  baseUrl: v.pipe(v.string(), v.maxLength(2048), v.url()),
  revision: v.pipe(v.string(), v.regex(/^[0-9a-f]{16}$/)),
  ...sealedSchema.entries,
});
type Entry = v.InferOutput<typeof entrySchema>;

const prefix = 'cloud/';

/**
 * Keys of this peer's owner. A key leaves this file in one way: in a header of a request to the address that it was
 * stored for. It is in no error, no log, no message to a peer.
 */
export class Keyring {
  readonly held: Live<readonly HeldKey[]>;
  readonly #held = new LiveValue<readonly HeldKey[]>([]);
  readonly #parts: KeyringParts;

  constructor(parts: KeyringParts) {
    this.#parts = parts;
    this.held = this.#held;
  }

  /** Another tab, or the command line, may have set or removed one. */
  async refresh(): Promise<readonly HeldKey[]> {
    const held: HeldKey[] = [];
    for (const name of await this.#parts.store.keys('keys', prefix)) {
      const id = name.slice(prefix.length);
      const entry = await this.#read(id);
      if (entry) held.push({ provider: this.#providerAt(id, entry.baseUrl), revision: entry.revision });
    }
    const told = (list: readonly HeldKey[]) => list.map(({ revision }) => revision).join(' ');
    if (told(held) !== told(this.#held.peek())) this.#held.set(held);
    return held;
  }

  /** `baseUrl` for a server of one's own, under a name of one's own. Throws TabmeshError('invalid' | 'full', 'router'). */
  async set(id: string, secret: string, baseUrl?: string): Promise<void> {
    const provider = this.#choose(id, baseUrl);
    const key = secret.trim();
    // A header holds no more, and the error of a bad one would quote it.
    if (key.length < secretCharactersMin || key.length > secretCharactersMax || !/^[\x21-\x7e]+$/.test(key))
      throw invalid('That is no key: one has 8 to 512 characters without spaces. Copy it again.');
    const held = await this.refresh();
    if (held.length >= providersMax && !held.some(each => each.provider.id === id))
      throw new TabmeshError('full', 'router', `${providersMax} keys are stored. Remove one first.`);
    const sealed = await seal(await this.#parts.wrappingKey(), key, bound(provider));
    const entry: Entry = { baseUrl: provider.baseUrl, revision: randomHex(8), ...sealed };
    await this.#parts.store.put('keys', prefix + id, new TextEncoder().encode(JSON.stringify(entry)));
    await this.refresh();
  }

  async remove(id: string): Promise<void> {
    await this.#parts.store.delete('keys', prefix + id);
    await this.refresh();
  }

  /** Throws TabmeshError('not-found', 'router') where no key of it is held. */
  async provider(id: string): Promise<Provider> {
    const held = (await this.refresh()).find(({ provider }) => provider.id === id);
    if (!held) throw noKey(id);
    return held.provider;
  }

  /**
   * Asks the provider with its key; resolves with an answer that is 2xx, when its headers are here. Throws TabmeshError of every
   * other. Redirects are not followed: they would take the key elsewhere.
   */
  async send(
    { id }: Provider,
    path: string,
    { body, signal }: { body?: object; signal?: AbortSignal | undefined },
  ): Promise<Response> {
    const entry = await this.#read(id);
    if (!entry) throw noKey(id);
    const provider = this.#providerAt(id, entry.baseUrl);
    const secret = await unseal(await this.#parts.wrappingKey(), entry, bound(provider));
    const { clock, fetch } = this.#parts;
    const silent = () =>
      new TabmeshError(
        'timeout',
        'router',
        `${provider.name} did not answer within ${providerAnswerMs / 1000} s. Ask again.`,
      );
    // The signal given to fetch must outlive the headers, so that the body can be given up.
    const abort = new AbortController();
    const stop = () => abort.abort(signal?.reason);
    signal?.addEventListener('abort', stop, { once: true });
    try {
      const response = await within(
        clock,
        providerAnswerMs,
        silent,
        () =>
          fetch(provider.baseUrl + path, {
            method: body === undefined ? 'GET' : 'POST',
            headers: {
              ...authorization(provider, secret),
              ...(body ? { 'content-type': 'application/json' } : {}),
            },
            ...(body ? { body: JSON.stringify(body) } : {}),
            redirect: 'error',
            credentials: 'omit',
            referrerPolicy: 'no-referrer',
            cache: 'no-store',
            signal: abort.signal,
          }),
        signal,
      );
      if (response.ok) return response;
      throw await refusal(provider, response, secret);
    } catch (error) {
      abort.abort();
      if (error instanceof TabmeshError) throw error;
      if (signal?.aborted) throw toError(signal.reason, 'router');
      throw unreachable(provider, error);
    }
  }

  async #read(id: string): Promise<Entry | undefined> {
    const bytes = await this.#parts.store.get('keys', prefix + id);
    try {
      return bytes && v.parse(entrySchema, JSON.parse(new TextDecoder().decode(bytes)));
    } catch {
      return undefined;
    }
  }

  #providerAt(id: string, baseUrl: string): Provider {
    const known = this.#parts.providers.find(each => each.id === id);
    return known?.baseUrl === baseUrl ? known : customProvider(id, baseUrl);
  }

  #choose(id: string, baseUrl: string | undefined): Provider {
    const known = this.#parts.providers.find(each => each.id === id);
    if (known && baseUrl === undefined) return known;
    const names = this.#parts.providers.map(each => each.id).join(', ');
    if (known)
      throw invalid(`${known.name} has its own address. Give your server another name than ${names}.`);
    if (!/^[a-z0-9][a-z0-9-]{0,31}$/.test(id))
      throw invalid('A name has up to 32 small letters, digits and hyphens.');
    if (baseUrl === undefined)
      throw invalid(`"${id}" is none of ${names}; for a server of your own give its address too.`);
    return customProvider(id, checkedAddress(baseUrl));
  }
}

/** A key in clear text may travel within this machine alone. */
function checkedAddress(text: string): string {
  const url = URL.parse(text.trim());
  const local = url && /^(localhost|127\.\d+\.\d+\.\d+|\[::1\])$/.test(url.hostname);
  if (!url || url.username || url.password || url.search || url.hash)
    throw invalid('That is no address of a server, such as https://example.org/v1.');
  if (url.protocol !== 'https:' && !(url.protocol === 'http:' && local))
    throw invalid('Only https:// keeps the key from others on the way; http:// is for this machine alone.');
  return url.href.replace(/\/+$/, '');
}

const bound = ({ id, baseUrl }: Provider): string => `${id} ${new URL(baseUrl).origin}`;

const authorization = ({ dialect }: Provider, secret: string): Record<string, string> =>
  dialect === 'openai'
    ? { authorization: `Bearer ${secret}` }
    : {
        'x-api-key': secret,
        'anthropic-version': '2023-06-01',
        'anthropic-dangerous-direct-browser-access': 'true',
      };

async function refusal(provider: Provider, response: Response, secret: string): Promise<TabmeshError> {
  const text = await boundedText(response, providerErrorBytesMax).catch(() => '');
  // Some servers say the key that they refuse.
  const problem = readProblem(parsed(text.replaceAll(secret, '[key]')));
  const { status, headers } = response;
  return providerError(provider, { status, problem, retryAfterMs: retryAfterMs(headers, Date.now()) });
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

const randomHex = (length: number) => toHex(crypto.getRandomValues(new Uint8Array(length)));

const noKey = (id: string) =>
  new TabmeshError('not-found', 'router', `There is no key for ${id.slice(0, 40)} here. Set one first.`);

const invalid = (reason: string) => new TabmeshError('invalid', 'router', reason);
