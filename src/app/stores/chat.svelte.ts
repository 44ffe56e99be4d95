import { isKind, toError } from '../../base/error.ts';
import { untilAborted } from '../../base/until-aborted.ts';
import type { Sampling } from '../../engine/stage.ts';
import type { ModelCard } from '../../peer/peer.ts';
import type { Step } from '../../pod/pod.ts';
import type { ChatMessage, CompletionEvent, Route, Timings, Usage } from '../../router/request.ts';
import { words } from '../strings.ts';
import { peers } from './peer.svelte.ts';

/** The embedded model: the page opens with it before any list of models is known. */
export const guideName = 'guide';

const greedy: Sampling = { temperature: 0, topK: 0, topP: 1, minP: 0, seed: 0 };

/** What Qwen, Llama and Gemma cards advise; the guide knows fixed answers, so it always gives its best one. */
const varied: Sampling = { temperature: 0.7, topK: 40, topP: 0.95, minP: 0, seed: 0 };

/** Below this a model has no room for a conversation (the guide has 512), so each question stands by itself. */
const conversationContextMin = 2048;

export const remembers = (card: ModelCard | undefined): boolean =>
  card !== undefined && card.context >= conversationContextMin;

export type Phase = 'waiting' | 'answering' | 'done' | 'cut' | 'stopped' | 'failed';

let exchanges = 0;

/** One question with its answer, however far that got. */
export class Exchange {
  readonly id = ++exchanges;
  readonly question: string;
  /** Its id, or the guide's name where the question was asked before the models were known. */
  readonly model: string;
  answer = $state('');
  phase = $state<Phase>('waiting');
  step = $state.raw<Step>();
  route = $state.raw<Route>();
  /** What the answer went on after: "Blue-Heron left." */
  interruptions = $state.raw<readonly string[]>([]);
  timings = $state.raw<Timings>();
  usage = $state.raw<Usage>();
  problem = $state<string>();
  /** The question itself was refused, so that it would be refused again. */
  refused = $state(false);
  /** Counts pieces of text, for the strip that lights up with them. */
  pulse = $state(0);
  layers = $state(0);

  constructor(question: string, model: string) {
    this.question = question;
    this.model = model;
  }

  get running(): boolean {
    return this.phase === 'waiting' || this.phase === 'answering';
  }

  begin(): void {
    this.phase = 'waiting';
    this.problem = undefined;
    this.refused = false;
    this.timings = undefined;
    this.usage = undefined;
    this.route = undefined;
    this.interruptions = [];
    this.step = { name: 'peers', text: words.chat.startingPeer };
  }

  take(event: CompletionEvent): void {
    if (event.kind === 'step') {
      this.step = event.step;
      if (event.step.cause !== undefined) this.interruptions = [...this.interruptions, event.step.cause];
    } else if (event.kind === 'route') this.route = event.route;
    else if (event.kind === 'text') {
      // An answer that is tried again replaces the partial one only when it has something better.
      this.answer = this.phase === 'waiting' ? event.text : this.answer + event.text;
      this.phase = 'answering';
      this.step = undefined;
      this.pulse++;
    } else if (event.kind === 'end') {
      this.phase = event.reason === 'length' ? 'cut' : 'done';
      this.timings = event.timings;
      this.usage = event.usage;
      this.step = undefined;
    }
  }

  fail(error: unknown): void {
    this.step = undefined;
    if (isKind(error, 'cancelled')) this.phase = 'stopped';
    else {
      this.phase = 'failed';
      this.refused = isKind(error, 'invalid');
      this.problem = toError(error, 'app').reason;
    }
  }
}

class Chat {
  draft = $state('');
  exchanges = $state.raw<readonly Exchange[]>([]);
  #chosen = $state<string>();
  #abort: AbortController | undefined;

  get card(): ModelCard | undefined {
    return (
      peers.models.find(card => card.id === this.#chosen) ??
      peers.models.find(card => card.name === guideName) ??
      peers.models[0]
    );
  }

  get running(): Exchange | undefined {
    return this.exchanges.find(exchange => exchange.running);
  }

  choose(id: string): void {
    this.#chosen = id;
  }

  send(text: string): void {
    const question = text.trim();
    if (question === '' || this.running) return;
    this.draft = '';
    const exchange = new Exchange(question, this.card?.id ?? guideName);
    this.exchanges = [...this.exchanges, exchange];
    void this.#run(exchange);
  }

  again(exchange: Exchange): void {
    if (!this.running) void this.#run(exchange);
  }

  stop(): void {
    this.#abort?.abort();
  }

  clear(): void {
    this.stop();
    this.exchanges = [];
  }

  async #run(exchange: Exchange): Promise<void> {
    const abort = new AbortController();
    this.#abort = abort;
    exchange.begin();
    try {
      // The start goes on for others; only this wait for it ends.
      const peer = await untilAborted(peers.ready(), abort.signal);
      const card = peers.models.find(({ id, name }) => id === exchange.model || name === exchange.model);
      exchange.layers = card?.layers ?? 0;
      const request = {
        model: card?.id ?? exchange.model,
        messages: this.#messages(exchange, card),
        sampling: (card?.name ?? exchange.model) === guideName ? greedy : { ...varied, seed: randomSeed() },
        stop: [],
      };
      for await (const event of peer.router.complete(request, abort.signal)) {
        if (abort.signal.aborted) break;
        exchange.take(event);
      }
      if (exchange.running)
        exchange.fail(abort.signal.aborted ? stopped() : new Error(words.chat.endedEarly));
    } catch (error) {
      exchange.fail(abort.signal.aborted ? stopped() : error);
      // So that it can be shortened.
      if (exchange.refused && this.draft === '') this.draft = exchange.question;
    }
  }

  #messages(exchange: Exchange, card: ModelCard | undefined): ChatMessage[] {
    const before = remembers(card) ? this.exchanges.slice(0, this.exchanges.indexOf(exchange)) : [];
    return [
      ...before
        .filter(({ answer }) => answer !== '')
        .flatMap(({ question, answer }): ChatMessage[] => [
          { role: 'user', content: question },
          { role: 'assistant', content: answer },
        ]),
      { role: 'user', content: exchange.question },
    ];
  }
}

const stopped = (): unknown => toError(new DOMException('stopped', 'AbortError'), 'app');

const randomSeed = (): number => crypto.getRandomValues(new Uint32Array(1))[0]!;

export const chat = new Chat();
