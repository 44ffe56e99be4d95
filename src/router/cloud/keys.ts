/** The owner's keys, as pages and the command line see them: which there are, never what they are. */
import { type Live, LiveValue } from '../../base/live.ts';
import type { Destination } from '../destination.ts';
import { Keyring, type KeyringParts } from './keyring.ts';
import { ModelLists } from './model-lists.ts';
import { createOwnKeyDestination } from './own-key-destination.ts';
import type { Provider } from './providers.ts';
import { SignIn } from './sign-in.ts';

export interface KnownProvider {
  readonly id: string;
  readonly name: string;
  readonly baseUrl: string;
  /** Where a person gets a key. */
  readonly keyPage?: string;
  /** `startSignIn` works for it. */
  readonly signIn: boolean;
  /** A key for it is stored here. */
  readonly held: boolean;
}

export interface Keys {
  /** Those that are built in, then those of the person's own. */
  readonly providers: Live<readonly KnownProvider[]>;
  /** `baseUrl` with a name of one's own for a server of one's own. Rejects with TabmeshError('invalid' | 'full' | 'unavailable'). */
  set(id: string, secret: string, baseUrl?: string): Promise<void>;
  remove(id: string): Promise<void>;
  /** Shows the provider the key with a request that costs nothing. Rejects with what it says, or what may be wrong. */
  test(id: string, signal?: AbortSignal): Promise<void>;
  /** The page to send the person to; they come back at `callback`, and its whole address then goes to `finishSignIn`. */
  startSignIn(id: string, callback: string): Promise<string>;
  /** Resolves to the provider whose key is set now. */
  finishSignIn(returned: string): Promise<string>;
}

export interface OwnKeys {
  readonly keys: Keys;
  readonly destinations: () => Promise<readonly Destination[]>;
}

export function createOwnKeys(parts: KeyringParts): OwnKeys {
  const keyring = new Keyring(parts);
  const lists = new ModelLists(keyring, parts.clock);
  const signIn = new SignIn({ ...parts, keyring });
  const providers = new LiveValue<readonly KnownProvider[]>([]);
  keyring.held.subscribe(held => {
    const own = held.map(({ provider }) => provider).filter(each => !parts.providers.includes(each));
    const has = (id: string) => held.some(({ provider }) => provider.id === id);
    providers.set([...parts.providers, ...own].map(each => known(each, has(each.id))));
  });
  // What is stored is known a moment later; until then the list says that there is none.
  keyring.refresh().catch(() => {});

  return {
    keys: {
      providers,
      set: (id, secret, baseUrl) => keyring.set(id, secret, baseUrl),
      remove: id => keyring.remove(id),
      async test(id, signal) {
        const provider = await keyring.provider(id);
        const response = await keyring.send(provider, provider.checkPath, { signal });
        await response.body?.cancel();
      },
      startSignIn: (id, callback) => signIn.start(id, callback),
      finishSignIn: returned => signIn.finish(returned),
    },
    async destinations() {
      // A store that fails now must not keep the pod from answering.
      const held = await keyring.refresh().catch(() => keyring.held.peek());
      return held.map(key => createOwnKeyDestination({ key, keyring, lists, clock: parts.clock }));
    },
  };
}

const known = ({ id, name, baseUrl, keyPage, signIn }: Provider, held: boolean): KnownProvider => ({
  id,
  name,
  baseUrl,
  ...(keyPage === undefined ? {} : { keyPage }),
  signIn: signIn !== undefined,
  held,
});
