/** A pod that guests reach over a real WebSocket, and whose model says what a test has written. */
import { ed25519 } from '@noble/curves/ed25519.js';
import type { ModelId, PodId } from '../../src/base/brand.ts';
import { toHex } from '../../src/base/bytes.ts';
import { systemClock } from '../../src/base/clock.ts';
import { LiveValue } from '../../src/base/live.ts';
import { takeIdentity } from '../../src/network/identity.ts';
import { createLibp2pNetwork } from '../../src/network/libp2p/create-libp2p-network.ts';
import { inviteIdOf } from '../../src/pod/document/sealed.ts';
import type { InviteRole, KeyId } from '../../src/pod/document/statement.ts';
import { inviteLink } from '../../src/pod/invite.ts';
import type { PodState } from '../../src/pod/pod.ts';
import { GuestDesk } from '../../src/router/guest/guest-desk.ts';
import { CompleteService } from '../../src/router/remote/complete-service.ts';
import type { CompletionRequest } from '../../src/router/request.ts';
import { createMemoryStore } from '../../src/store/memory-store.ts';

export interface ScriptedPod {
  /** What the guests' pages name. */
  readonly link: string;
  linkAs(role: InviteRole): string;
  /** What was asked, in order. */
  readonly asked: readonly CompletionRequest[];
  /** Answers that were hung up before their end. */
  readonly stopped: () => number;
  /** The pieces of the next answers; it waits for each that is a promise. */
  script: readonly (string | Promise<string>)[];
  /** Guests are welcomed and answered. */
  close(): Promise<void>;
}

export async function startScriptedPod(): Promise<ScriptedPod> {
  const identity = await takeIdentity(createMemoryStore());
  const network = await createLibp2pNetwork({
    privateKey: identity.privateKey,
    relays: [],
    listen: ['/ip4/127.0.0.1/tcp/0/ws'],
    iceServers: [],
    allowPrivateAddresses: true,
  });
  const secret = ed25519.utils.randomSecretKey() as Uint8Array<ArrayBuffer>;
  const pod = crypto.getRandomValues(new Uint8Array(16));
  const state = new LiveValue<PodState>({
    self: network.self,
    id: toHex(pod) as PodId,
    name: 'Kiln pod',
    spread: 'fast',
    members: [],
    models: [{ id: 'https://models.example/scripted.gguf' as ModelId, name: 'scripted' }],
    document: {
      id: toHex(pod) as PodId,
      name: 'Kiln pod',
      founder: network.self,
      members: [],
      outcasts: [],
      invites: [
        {
          id: inviteIdOf(secret),
          role: 'viewer',
          uses: 1,
          used: 1,
          expires: 0,
          by: network.self,
          closed: false,
        },
      ],
      key: '' as KeyId,
      keys: [],
      entries: [],
      ignored: [],
      liars: [],
      federations: [],
      federationOffers: [],
    },
  });
  const asked: CompletionRequest[] = [];
  let stopped = 0;
  const made = { script: [] as ScriptedPod['script'] };
  const guests = new GuestDesk({
    network,
    clock: systemClock,
    pod: { state },
    date: Date.now,
    inPod: {
      models: async () => [
        {
          kind: 'pod',
          name: 'scripted',
          id: 'https://models.example/scripted.gguf',
          layers: 1,
          context: 4096,
          bytes: 1,
          since: 0,
        },
      ],
      async *complete(request, signal) {
        asked.push(request);
        let whole = false;
        signal?.addEventListener('abort', () => {
          if (!whole) stopped++;
        });
        yield { kind: 'route', route: { kind: 'pod', hops: [], reason: 'by a test' } };
        for (const piece of made.script) yield { kind: 'text', text: await piece };
        whole = true;
        yield {
          kind: 'end',
          reason: 'stop',
          usage: { promptTokens: 1, cachedTokens: 0, completionTokens: 1 },
          timings: { firstTokenMs: 0, totalMs: 0, tokensPerSecond: 0 },
        };
      },
    },
  });
  const complete = new CompleteService({
    network,
    clock: systemClock,
    mayAsk: (peer, from) => from.includes('guest') && guests.isGuest(peer),
    answers: { guest: guests.answer },
  });
  const linkAs = (role: InviteRole) =>
    inviteLink('https://tabmesh.example/', {
      pod,
      name: 'Kiln pod',
      secret,
      inviterName: 'Test-Peer',
      contacts: [{ peer: network.self, addresses: [...network.addresses()] }],
      relays: [],
      role,
      uses: 1,
      expires: 0,
      models: [],
      lentBytes: 0,
    });
  return Object.assign(made, {
    link: linkAs('viewer'),
    linkAs,
    asked,
    stopped: () => stopped,
    async close() {
      guests.close();
      complete.close();
      await network.stop();
      identity.release();
    },
  });
}
