import type { StoredChat, StoredSampling } from '../../peer/stored-chat.ts';
import { leafBelow, pathTo, siblings } from '../branches.ts';
import { splitThinking } from '../thinking.ts';
import { Exchange } from './exchange.svelte.ts';

const titleCharacters = 80;

type Said = { readonly role: 'user' | 'assistant'; readonly content: string };

/** One chat: a tree of exchanges, of which one branch is shown. */
export class Conversation {
  readonly id: string;
  readonly #createdAt: number;
  system = $state('');
  /** Undefined: as the model's makers advise. */
  sampling = $state.raw<StoredSampling>();
  /** Why it is not kept. */
  unkept = $state<string>();
  keptAt = 0;
  /** It was deleted, and is not kept again. */
  forgotten = false;
  #all = $state.raw<readonly Exchange[]>([]);
  #leaf = $state<string>();

  /** The branch that is shown. */
  readonly exchanges: readonly Exchange[] = $derived(pathTo(this.#all, this.#leaf));

  constructor(id: string = crypto.randomUUID(), createdAt = Date.now()) {
    this.id = id;
    this.#createdAt = createdAt;
  }

  get empty(): boolean {
    return this.#all.length === 0;
  }

  get leaf(): string | undefined {
    return this.#leaf;
  }

  get running(): Exchange | undefined {
    return this.#all.find(exchange => exchange.running);
  }

  add(exchange: Exchange): void {
    this.#all = [...this.#all, exchange];
    this.#leaf = exchange.id;
  }

  siblings(exchange: Exchange): Exchange[] {
    return siblings(this.#all, exchange);
  }

  show(exchange: Exchange): void {
    this.#leaf = leafBelow(this.#all, exchange);
  }

  /** What was said before `exchange`. Makers of reasoning models advise to leave out what they thought. */
  before(exchange: Exchange): Said[] {
    return pathTo(this.#all, exchange.parent)
      .filter(({ answer }) => answer !== '')
      .flatMap(({ question, answer }): Said[] => [
        { role: 'user', content: question },
        { role: 'assistant', content: splitThinking(answer).text },
      ]);
  }

  stored(): StoredChat {
    return {
      id: this.id,
      title: this.#all[0]?.question.slice(0, titleCharacters) ?? '',
      createdAt: this.#createdAt,
      updatedAt: Date.now(),
      system: this.system,
      ...(this.sampling ? { sampling: this.sampling } : {}),
      exchanges: this.#all.map(exchange => exchange.stored()),
      ...(this.#leaf === undefined ? {} : { leaf: this.#leaf }),
    };
  }

  static from(stored: StoredChat): Conversation {
    const conversation = new Conversation(stored.id, stored.createdAt);
    conversation.system = stored.system;
    conversation.sampling = stored.sampling;
    conversation.#all = stored.exchanges.map(Exchange.from);
    conversation.#leaf = stored.leaf ?? stored.exchanges.at(-1)?.id;
    return conversation;
  }
}
