import { toError } from '../../base/error.ts';
import { chatKeepEveryMs } from '../../base/limits.ts';
import { untilAborted } from '../../base/until-aborted.ts';
import type { ModelCard } from '../../peer/peer.ts';
import type { StoredChat } from '../../peer/stored-chat.ts';
import { tabStorage } from '../../peer/tab-storage.ts';
import type { ProviderModelEntry } from '../../router/request.ts';
import { type Attachment, questionWith } from '../attachments.ts';
import { words } from '../strings.ts';
import { cardOf, guideName, idOf, isElsewhere, requestFor, samplingOf } from './chat-request.ts';
import { Conversation } from './conversation.svelte.ts';
import { Exchange } from './exchange.svelte.ts';
import { peers } from './peer.svelte.ts';

/** What a reload of this tab finds again. */
const openKey = 'tabmesh-chat';
const draftKey = 'tabmesh-draft';

/** The chat that is open in this tab. */
class Chat {
  current = $state.raw(new Conversation());
  draft = $state(tabStorage.get(draftKey) ?? '');
  /** Files that go with the draft; they are not kept over a reload. */
  attachments = $state.raw<readonly Attachment[]>([]);
  /** Counts what was kept, for the list of chats. */
  changes = $state(0);
  /** Whether the chat from before a reload is still to be shown. */
  restoring = $state(tabStorage.get(openKey) !== undefined);
  /** The model that this chat went on with, while it is asked who has it. */
  sought = $state<string>();
  #chosen = $state<string>();
  #abort: AbortController | undefined;
  /** What is stopped takes a while to end, and is kept once more then. */
  readonly #answering = new Set<Conversation>();

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
    const last = this.exchanges.at(-1)?.model;
    const chosen = this.#chosen === undefined || (last !== undefined && this.#chosen === idOf(last));
    return settled && chosen && !this.running && this.draft === '' && this.attachments.length === 0;
  }

  /** Whether asking the same again may give another answer. */
  varies(model: string): boolean {
    return samplingOf(this.current, cardOf(model)?.name ?? model).temperature > 0;
  }

  choose(id: string): void {
    this.#chosen = id;
    this.sought = undefined;
  }

  write(draft: string): void {
    this.draft = draft;
    tabStorage.set(draftKey, draft);
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

  /** They are about to be deleted: an answer that is under way would keep its chat again. */
  forget(isGone: (id: string) => boolean): void {
    for (const each of [this.current, ...this.#answering]) if (isGone(each.id)) each.forgotten = true;
    if (this.current.forgotten) this.clear();
  }

  open(stored: StoredChat): void {
    this.#become(Conversation.from(stored));
    const model = this.exchanges.at(-1)?.model;
    if (model === undefined) return;
    this.choose(idOf(model));
    if (!cardOf(model) && !isElsewhere(model)) void this.#seek(model);
  }

  /** After a reload: goes on in the chat that was open, unless a question was asked in the meantime. */
  async restore(): Promise<void> {
    const id = tabStorage.get(openKey);
    try {
      const stored = id === undefined ? undefined : await (await peers.ready()).chats.get(id);
      if (stored && this.restoring) this.open(stored);
    } finally {
      this.restoring = false;
    }
  }

  async keep(conversation: Conversation = this.current): Promise<void> {
    if (!peers.peer || conversation.empty || conversation.forgotten) return;
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
    this.restoring = false;
    this.sought = undefined;
    this.current = conversation;
    if (conversation.empty) tabStorage.remove(openKey);
    else tabStorage.set(openKey, conversation.id);
  }

  async #seek(model: string): Promise<void> {
    this.sought = model;
    await peers.listElsewhere();
    if (this.sought === model) this.sought = undefined;
  }

  #ask(text: string, parent: string | undefined): boolean {
    const question = text.trim();
    if (question === '' || this.running) return false;
    const model = this.sought ?? this.elsewhere?.name ?? this.card?.id ?? guideName;
    const exchange = new Exchange(question, model, parent);
    this.restoring = false;
    this.current.add(exchange);
    tabStorage.set(openKey, this.current.id);
    void this.#run(exchange, this.current);
    return true;
  }

  async #run(exchange: Exchange, conversation: Conversation): Promise<void> {
    const abort = new AbortController();
    this.#abort = abort;
    this.#answering.add(conversation);
    exchange.begin();
    try {
      // The start goes on for others; only this wait for it ends.
      const peer = await untilAborted(peers.ready(), abort.signal);
      void this.keep(conversation);
      // A chat from before a reload may go on with a model that is not of the pod.
      if (!cardOf(exchange.model)) await peers.listElsewhere();
      for await (const event of peer.router.complete(requestFor(exchange, conversation), abort.signal)) {
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
    this.#answering.delete(conversation);
    await this.keep(conversation);
  }
}

const stopped = (): unknown => toError(new DOMException('stopped', 'AbortError'), 'app');

export const chat = new Chat();
