/** The gateway over a whole peer of one, and the clients of both families that ask it. */
import { tmpdir } from 'node:os';
import Anthropic from '@anthropic-ai/sdk';
import OpenAI from 'openai';
import { createApi } from '../../src/api/openai.ts';
import { type Gateway, startGateway } from '../../src/node/gateway/gateway.ts';
import type { Router } from '../../src/router/request.ts';
import { type GuidePeer, startGuidePeer } from './guide-peer.ts';

export interface GuideGateway {
  readonly url: string;
  readonly peer: GuidePeer;
  readonly openai: OpenAI;
  readonly anthropic: Anthropic;
  close(): Promise<void>;
}

/** The gateway alone. */
export const openGateway = (router: Router): Promise<Gateway> =>
  startGateway({
    api: createApi(router),
    host: '127.0.0.1',
    port: 0,
    staticDir: tmpdir(),
    bootstrap: () => ({}),
    allowMachines: false,
    upgrade: (_, socket) => socket.destroy(),
  });

/** Arguments as of startGuidePeer. */
export async function startGuideGateway(...of: Parameters<typeof startGuidePeer>): Promise<GuideGateway> {
  const peer = await startGuidePeer(...of);
  const { url, close } = await openGateway(peer.router);
  return {
    url,
    peer,
    openai: new OpenAI({ baseURL: `${url}v1`, apiKey: 'none', maxRetries: 0 }),
    anthropic: new Anthropic({ baseURL: url, apiKey: 'none', maxRetries: 0 }),
    async close() {
      await close();
      await peer.close();
    },
  };
}

/** What a promise rejects with. */
export const caught = (promise: Promise<unknown>): Promise<unknown> =>
  promise.then(
    () => undefined,
    error => error,
  );
