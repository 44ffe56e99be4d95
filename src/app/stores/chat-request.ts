import type { ModelCard } from '../../peer/peer.ts';
import type { StoredSampling } from '../../peer/stored-chat.ts';
import type { ChatMessage, CompletionRequest } from '../../router/request.ts';
import type { Conversation } from './conversation.svelte.ts';
import type { Exchange } from './exchange.svelte.ts';
import { peers } from './peer.svelte.ts';

/** The embedded model: the page opens with it before any list of models is known. */
export const guideName = 'guide';

/** What Qwen, Llama and Gemma cards advise; the guide knows fixed answers, so it always gives its best one. */
export const advised = (model: string): StoredSampling =>
  model === guideName
    ? { temperature: 0, topK: 0, topP: 1, minP: 0 }
    : { temperature: 0.7, topK: 40, topP: 0.95, minP: 0 };

/** Below this a model has no room for a conversation (the guide has 512), so each question stands by itself. */
const conversationContextMin = 2048;

export const remembers = (card: ModelCard | undefined): boolean =>
  card !== undefined && card.context >= conversationContextMin;

export const cardOf = (model: string): ModelCard | undefined =>
  peers.models.find(({ id, name }) => id === model || name === model);

export const idOf = (model: string): string => cardOf(model)?.id ?? model;

export const isElsewhere = (model: string): boolean => peers.elsewhere.some(({ name }) => name === model);

export const samplingOf = ({ sampling }: Conversation, model: string): StoredSampling =>
  sampling ?? advised(model);

/** What is asked for `exchange`, with what was said before it. */
export function requestFor(exchange: Exchange, conversation: Conversation): CompletionRequest {
  const card = cardOf(exchange.model);
  exchange.layers = card?.layers ?? 0;
  const system = conversation.system.trim();
  const messages: ChatMessage[] = [
    ...(system === '' ? [] : [{ role: 'system', content: system } as const]),
    ...(remembers(card) || isElsewhere(exchange.model) ? conversation.before(exchange) : []),
    { role: 'user', content: exchange.question },
  ];
  const seed = crypto.getRandomValues(new Uint32Array(1))[0]!;
  const sampling = { ...samplingOf(conversation, card?.name ?? exchange.model), seed };
  const asked = { model: card?.id ?? exchange.model, messages, sampling, stop: [] };
  // The line under the box says who reads it; where it says that text stays in the pod, it does.
  return isElsewhere(exchange.model) ? asked : { ...asked, constraints: { privacy: 'pod-only' } };
}
