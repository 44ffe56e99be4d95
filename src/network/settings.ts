/** What a person sets of the network: kept in the store, never sent to a peer (a TURN server's password is in it). */
import * as v from 'valibot';
import { TabmeshError } from '../base/error.ts';
import {
  addressCharactersMax,
  iceCharactersMax,
  iceServersMax,
  iceUrlsMax,
  relaysKnownMax,
} from '../base/limits.ts';
import { type Live, LiveValue } from '../base/live.ts';
import { Turns } from '../base/turns.ts';
import type { Store } from '../store/store.ts';
import { parseAddress } from './libp2p/addresses.ts';

const url = v.pipe(
  v.string(),
  v.maxLength(iceCharactersMax),
  v.regex(
    /^(stuns?|turns?):[^\s/?#]+(\?transport=(udp|tcp))?$/,
    'An ICE server looks like stun:HOST:PORT or turn:HOST:PORT.',
  ),
);
const credential = v.pipe(v.string(), v.minLength(1), v.maxLength(iceCharactersMax));

const iceServerSchema = v.pipe(
  v.strictObject({
    urls: v.pipe(v.array(url), v.minLength(1), v.maxLength(iceUrlsMax)),
    username: v.optional(credential),
    credential: v.optional(credential),
  }),
  v.check(
    ({ urls, username, credential }) =>
      (username !== undefined && credential !== undefined) || !urls.some(each => each.startsWith('turn')),
    'A TURN server needs a user name and a password.',
  ),
);

const relay = v.pipe(
  v.string(),
  v.trim(),
  v.maxLength(addressCharactersMax),
  v.check(isRelayAddress, 'A relay looks like /dns4/HOST/tcp/443/tls/ws/p2p/PEER-ID.'),
);

const settingsSchema = v.strictObject({
  /** Relays to be reachable through, beside the process that served the page. */
  relays: v.pipe(v.array(relay), v.maxLength(relaysKnownMax, `At most ${relaysKnownMax} relays.`)),
  /** Missing: the peer's own choice. Empty: none, so that only peers of one network meet directly. */
  iceServers: v.optional(
    v.pipe(v.array(iceServerSchema), v.maxLength(iceServersMax, `At most ${iceServersMax} ICE servers.`)),
  ),
});
export type NetworkSettings = v.InferOutput<typeof settingsSchema>;
export type IceServer = v.InferOutput<typeof iceServerSchema>;
export type NetworkEdit = (now: NetworkSettings) => NetworkSettings;

const key = 'network';
export const noSettings: NetworkSettings = { relays: [] };

/** The settings of this browser or data folder. */
export interface KeptSettings extends Live<NetworkSettings> {
  /**
   * To what `edit` makes of those that hold when its turn comes: two changes at once are both kept.
   * Throws TabmeshError('invalid', 'network') whose reason says what is wrong; then nothing has changed.
   */
  change(edit: NetworkEdit): Promise<void>;
}

/** As a browser takes them. */
export const asRtcIceServer = ({ urls, username, credential }: IceServer): RTCIceServer => ({
  urls: [...urls],
  ...(username === undefined || credential === undefined ? {} : { username, credential }),
});

/** What cannot be read counts as not set. */
export async function openSettings(store: Store): Promise<KeptSettings> {
  const live = new LiveValue(await read(store));
  const turns = new Turns();
  return {
    peek: () => live.peek(),
    subscribe: listener => live.subscribe(listener),
    change: edit =>
      turns.take(async () => {
        const checked = checkSettings(edit(live.peek()));
        await store.put('settings', key, new TextEncoder().encode(JSON.stringify(checked)));
        live.set(checked);
      }),
  };
}

export function checkSettings(settings: unknown): NetworkSettings {
  const result = v.safeParse(settingsSchema, settings);
  if (result.success) return result.output;
  throw new TabmeshError('invalid', 'network', result.issues[0].message);
}

async function read(store: Store): Promise<NetworkSettings> {
  try {
    const bytes = await store.get('settings', key);
    return bytes ? checkSettings(JSON.parse(new TextDecoder().decode(bytes))) : noSettings;
  } catch {
    return noSettings;
  }
}

function isRelayAddress(text: string): boolean {
  try {
    const names = parseAddress(text)
      .getComponents()
      .map(({ name }) => name);
    const transports = ['ws', 'wss', 'webtransport'];
    return names.some(name => transports.includes(name)) && !names.includes('p2p-circuit');
  } catch {
    return false;
  }
}
