import * as v from 'valibot';
import { inviteCharactersMax, pathCharactersMax } from '../base/limits.ts';
import type { Store } from '../store/store.ts';

/** What the process that served this page says of itself at `tabmesh.json`. A plain file host has no such file. */
const bootstrapSchema = v.object({
  peer: v.pipe(v.string(), v.regex(/^[1-9A-HJ-NP-Za-km-z]{32,64}$/)),
  /** Into the pod of the process; told to pages on the same machine only. */
  invite: v.optional(v.pipe(v.string(), v.maxLength(inviteCharactersMax))),
  /** Where the process keeps what is its own; told to pages on the same machine only. */
  dataFolder: v.optional(v.pipe(v.string(), v.maxLength(pathCharactersMax))),
});
export type Bootstrap = v.InferOutput<typeof bootstrapSchema>;

const bootstrapMs = 5_000;

export async function fetchBootstrap(page: URL): Promise<Bootstrap | undefined> {
  try {
    const response = await fetch(new URL('tabmesh.json', page), {
      signal: AbortSignal.timeout(bootstrapMs),
      cache: 'no-store',
    });
    if (!response.ok) return undefined;
    return v.parse(bootstrapSchema, await response.json());
  } catch {
    return undefined;
  }
}

const { peer, dataFolder } = bootstrapSchema.entries;
const hostSchema = v.object({ peer, near: v.boolean(), dataFolder });
/** The process that served this page; `near` where it is on the same machine. */
export type Host = v.InferOutput<typeof hostSchema>;
const hostKey = 'host';

/** What it says of itself; where it does not answer, what it said last: the tab looks for it until it is back. */
export async function findHost(page: URL, store: Store): Promise<Host | undefined> {
  const told = await fetchBootstrap(page);
  if (told) {
    const { peer, invite, dataFolder } = told;
    const host: Host = { peer, near: invite !== undefined, ...(dataFolder ? { dataFolder } : {}) };
    // Where it cannot be kept, only a start without it begins alone.
    await store.put('settings', hostKey, new TextEncoder().encode(JSON.stringify(host))).catch(() => {});
    return host;
  }
  try {
    const kept = await store.get('settings', hostKey);
    return kept && v.parse(hostSchema, JSON.parse(new TextDecoder().decode(kept)));
  } catch {
    return undefined;
  }
}

/** The relay behind the page's own host and port. */
export function relayAddress({ hostname, port, protocol }: URL, peer: string): string {
  const secure = protocol === 'https:';
  const kind = /^\d+(\.\d+){3}$/.test(hostname) ? 'ip4' : hostname.startsWith('[') ? 'ip6' : 'dns4';
  const host = hostname.replace(/^\[|\]$/g, '');
  return `/${kind}/${host}/tcp/${port || (secure ? 443 : 80)}${secure ? '/tls' : ''}/ws/p2p/${peer}`;
}
