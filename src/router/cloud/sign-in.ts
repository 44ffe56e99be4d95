/** A key without copying one: OAuth with PKCE (RFC 7636), as https://openrouter.ai/docs/oauth describes it. */
import * as v from 'valibot';
import { toBase64Url } from '../../base/bytes.ts';
import { TabmeshError, toError } from '../../base/error.ts';
import { providerErrorBytesMax, providerListMs, secretCharactersMax, signInMs } from '../../base/limits.ts';
import { boundedText } from './bounded-text.ts';
import type { Keyring, KeyringParts } from './keyring.ts';
import { providerError, readProblem, retryAfterMs, unreachable } from './provider-error.ts';
import type { Provider } from './providers.ts';
import { readJson } from './read-json.ts';
import { seal, sealedSchema, unseal } from './sealed.ts';

export type SignInParts = Omit<KeyringParts, 'clock'> & { readonly keyring: Pick<Keyring, 'set'> };

const pendingSchema = v.object({
  provider: v.string(),
  state: v.pipe(v.string(), v.regex(/^[\w-]{22}$/)),
  /** Unix milliseconds: the page is left meanwhile. */
  startedAt: v.number(),
  ...sealedSchema.entries,
});
const answerSchema = v.object({ key: v.pipe(v.string(), v.maxLength(secretCharactersMax)) });

const pendingKey = 'sign-in';
/** In the address to come back to: the provider hands it back as it was. */
const stateName = 'sign-in';

export class SignIn {
  readonly #parts: SignInParts;

  constructor(parts: SignInParts) {
    this.#parts = parts;
  }

  /** The page to send the person to, who comes back at `callback` with a code in its query. One sign-in at a time. */
  async start(id: string, callback: string): Promise<string> {
    const { store, wrappingKey } = this.#parts;
    const { signIn } = this.#providerOf(id);
    const [verifier, state] = [randomText(32), randomText(16)];
    const sealed = await seal(await wrappingKey(), verifier, bound(id, state));
    const pending = { provider: id, state, startedAt: Date.now(), ...sealed };
    await store.put('keys', pendingKey, new TextEncoder().encode(JSON.stringify(pending)));
    const back = new URL(callback);
    back.searchParams.set(stateName, state);
    const page = new URL(signIn.page);
    page.searchParams.set('callback_url', back.href);
    page.searchParams.set('code_challenge', await challenge(verifier));
    page.searchParams.set('code_challenge_method', 'S256');
    return page.href;
  }

  /**
   * `returned` is the address that the person came back to. Sets the key and resolves to its provider. Rejects with
   * 'denied' where this peer did not ask for it: somebody else's code would lead to somebody else's account.
   */
  async finish(returned: string): Promise<string> {
    const { keyring } = this.#parts;
    const query = URL.parse(returned)?.searchParams;
    const [state, code] = [query?.get(stateName), query?.get('code')];
    const pending = await this.#take();
    if (!pending || !state || state !== pending.state || Date.now() - pending.startedAt > signInMs)
      throw new TabmeshError(
        'denied',
        'router',
        'This sign-in was not started here, or too long ago. Start it again.',
      );
    if (!code) throw new TabmeshError('denied', 'router', 'The sign-in was not completed. Start it again.');
    const provider = this.#providerOf(pending.provider);
    const verifier = await unseal(await this.#parts.wrappingKey(), pending, bound(provider.id, state));
    await keyring.set(provider.id, await this.#exchange(provider, code, verifier));
    return provider.id;
  }

  async #exchange(provider: Provider & SigningIn, code: string, verifier: string): Promise<string> {
    const body = JSON.stringify({ code, code_verifier: verifier, code_challenge_method: 'S256' });
    try {
      const response = await this.#parts.fetch(provider.baseUrl + provider.signIn.exchangePath, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body,
        redirect: 'error',
        credentials: 'omit',
        referrerPolicy: 'no-referrer',
        signal: AbortSignal.timeout(providerListMs),
      });
      const { ok, status, headers } = response;
      const json = readJson(provider, await boundedText(response, providerErrorBytesMax));
      if (!ok) {
        const wait = retryAfterMs(headers, Date.now());
        throw providerError(provider, { status, problem: readProblem(json), retryAfterMs: wait });
      }
      return v.parse(answerSchema, json).key;
    } catch (error) {
      if (error instanceof TabmeshError) throw error;
      if (error instanceof v.ValiError)
        throw new TabmeshError('corrupt', 'router', `${provider.name} gave no key. Start the sign-in again.`);
      throw error instanceof TypeError ? unreachable(provider, error) : toError(error, 'router');
    }
  }

  /** A code counts once, whatever comes of it. */
  async #take(): Promise<v.InferOutput<typeof pendingSchema> | undefined> {
    const { store } = this.#parts;
    const bytes = await store.get('keys', pendingKey);
    await store.delete('keys', pendingKey);
    try {
      return bytes && v.parse(pendingSchema, JSON.parse(new TextDecoder().decode(bytes)));
    } catch {
      return undefined;
    }
  }

  #providerOf(id: string): Provider & SigningIn {
    const provider = this.#parts.providers.find(each => each.id === id);
    if (provider?.signIn) return provider as Provider & SigningIn;
    throw new TabmeshError('unsupported', 'router', `${id} has no sign-in for programs. Set a key instead.`);
  }
}

type SigningIn = Required<Pick<Provider, 'signIn'>>;

const bound = (id: string, state: string): string => `sign-in ${id} ${state}`;

const randomText = (bytes: number) => toBase64Url(crypto.getRandomValues(new Uint8Array(bytes)));

async function challenge(verifier: string): Promise<string> {
  const hash = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(verifier));
  return toBase64Url(new Uint8Array(hash));
}
