import { toError } from '../../base/error.ts';
import { chatKeepEveryMs } from '../../base/limits.ts';
import { untilAborted } from '../../base/until-aborted.ts';
import type { ModelCard } from '../../peer/peer.ts';
import type { StoredChat, StoredSampling } from '../../peer/stored-chat.ts';
import type { ChatMessage, CompletionRequest, ProviderModelEntry } from '../../router/request.ts';
import { type Attachment, questionWith } from '../attachments.ts';
import { words } from '../strings.ts';
import { Conversation } from './conversation.svelte.ts';
import { Exchange } from './exchange.svelte.ts';
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

/** What a reload of this tab finds again. */
const openKey = 'tabmesh-chat';
const draftKey = 'tabmesh-draft';

/** The chat that is open in this tab. */
class Chat {
  current = $state.raw(new Conversation());
  draft = $state(sessionStorage.getItem(draftKey) ?? '');
  /** Files that go with the draft; they are not kept over a reload. */
  attachments = $state.raw<readonly Attachment[]>([]);
  /** Counts what was kept, for the list of chats. */
  changes = $state(0);
  #chosen = $state<string>();
  #abort: AbortController | undefined;

  get exchanges(): readonly Exchange[] {
    return this.current.exchanges;
  }

  /** Set where the chosen model is none of the pod's. */
  get elsewhere(): ProviderModelEntry | undefined {
    return peers.elsewhere.find(({ name }) => name === this.#chosen);
  }

  get card(): ModelCard | undefined {
    if (this.elsewhere) return undefined;
    return (
      peers.models.find(card => card.id === this.#chosen) ??
      peers.models.find(card => card.name === guideName) ??
      peers.models[0]
    );
  }

  get running(): Exchange | undefined {
    return this.current.running;
  }

  /** Whether a reload would find all of it again. */
  get isKept(): boolean {
    const { current } = this;
    const settled = current.empty ? current.system === '' && !current.sampling : current.unkept === undefined;
    const chosen = this.#chosen === undefined || this.#chosen === this.exchanges.at(-1)?.model;
    return settled && chosen && !this.running && this.draft === '' && this.attachments.length === 0;
  }

  /** Whether asking the same again may give another answer. */
  varies(model: string): boolean {
    return samplingOf(this.current, cardOf(model)?.name ?? model).temperature > 0;
  }

  choose(id: string): void {
    this.#chosen = id;
  }

  write(draft: string): void {
    this.draft = draft;
    sessionStorage.setItem(draftKey, draft);
  }

  /** What is attached goes with it. */
  send(text: string): void {
    if (text.trim() === '' || !this.#ask(questionWith(text, this.attachments), this.current.leaf)) return;
    this.write('');
    this.attachments = [];
  }

  /** Asks a question of ours; what is typed and attached stays. */
  suggest(question: string): void {
    this.#ask(question, this.current.leaf);
  }

  /** Asks something else in the place of `exchange`, or the same once more; that one stays beside it. */
  instead(exchange: Exchange, text: string): void {
    this.#ask(text, exchange.parent);
  }

  /** What failed or was stopped goes on in its own place. */
  again(exchange: Exchange): void {
    if (!this.running) void this.#run(exchange, this.current);
  }

  stop(): void {
    this.#abort?.abort();
  }

  show(exchange: Exchange): void {
    this.current.show(exchange);
    void this.keep();
  }

  /** Begins another; the one so far stays in the history. */
  clear(): void {
    this.#become(new Conversation());
  }

  open(stored: StoredChat): void {
    this.#become(Conversation.from(stored));
    const last = this.exchanges.at(-1);
    const card = last && cardOf(last.model);
    if (card) this.choose(card.id);
  }

  /** After a reload: goes on in the chat that was open, unless a question was asked in the meantime. */
  async restore(): Promise<void> {
    const id = sessionStorage.getItem(openKey);
    if (id === null) return;
    const stored = await (await peers.ready()).chats.get(id);
    if (stored && this.current.empty) this.open(stored);
  }

  async keep(conversation: Conversation = this.current): Promise<void> {
    if (!peers.peer || conversation.empty) return;
    conversation.keptAt = Date.now();
    try {
      await peers.peer.chats.put(conversation.stored());
      conversation.unkept = undefined;
      this.changes++;
    } catch (error) {
      conversation.unkept = toError(error, 'store').reason;
    }
  }

  #become(conversation: Conversation): void {
    this.stop();
    this.current = conversation;
    if (conversation.empty) sessionStorage.removeItem(openKey);
    else sessionStorage.setItem(openKey, conversation.id);
  }

  #ask(text: string, parent: string | undefined): boolean {
    const question = text.trim();
    if (question === '' || this.running) return false;
    const exchange = new Exchange(question, this.elsewhere?.name ?? this.card?.id ?? guideName, parent);
    this.current.add(exchange);
    sessionStorage.setItem(openKey, this.current.id);
    void this.#run(exchange, this.current);
    return true;
  }

  async #run(exchange: Exchange, conversation: Conversation): Promise<void> {
    const abort = new AbortController();
    this.#abort = abort;
    exchange.begin();
    try {
      // The start goes on for others; only this wait for it ends.
      const peer = await untilAborted(peers.ready(), abort.signal);
      void this.keep(conversation);
      // A chat from before a reload may go on with a model that is not of the pod.
      if (!cardOf(exchange.model)) await peers.listElsewhere();
      for await (const event of peer.router.complete(request(exchange, conversation), abort.signal)) {
        if (abort.signal.aborted) break;
        exchange.take(event);
        if (Date.now() - conversation.keptAt > chatKeepEveryMs) void this.keep(conversation);
      }
      if (exchange.running)
        exchange.fail(abort.signal.aborted ? stopped() : new Error(words.chat.endedEarly));
    } catch (error) {
      exchange.fail(abort.signal.aborted ? stopped() : error);
      // So that it can be shortened.
      if (exchange.refused && this.draft === '') this.write(exchange.question);
    }
    await this.keep(conversation);
  }
}

const cardOf = (model: string): ModelCard | undefined =>
  peers.models.find(({ id, name }) => id === model || name === model);

const isElsewhere = (model: string): boolean => peers.elsewhere.some(({ name }) => name === model);

const samplingOf = ({ sampling }: Conversation, model: string): StoredSampling => sampling ?? advised(model);

function request(exchange: Exchange, conversation: Conversation): CompletionRequest {
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

const stopped = (): unknown => toError(new DOMException('stopped', 'AbortError'), 'app');

export const chat = new Chat();
