import { isKind, toError } from '../../base/error.ts';
import type { StoredExchange } from '../../peer/stored-chat.ts';
import type { Step } from '../../pod/pod.ts';
import type { CompletionEvent, Route, Timings, Usage } from '../../router/request.ts';
import { Paced } from '../markdown/paced.ts';
import { words } from '../strings.ts';

export type Phase = 'waiting' | 'answering' | 'done' | 'cut' | 'stopped' | 'failed';

/** One question with its answer, however far that got. */
export class Exchange {
  readonly id: string;
  /** The exchange that it follows. */
  readonly parent: string | undefined;
  readonly question: string;
  /** Its id, or the guide's name where the question was asked before the models were known. */
  readonly model: string;
  /** As far as it is shown. */
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
  /** As far as it has come, and in how many pieces. */
  #text = '';
  #pieces = 0;
  readonly #paced = new Paced(() => {
    this.answer = this.#text;
    this.pulse = this.#pieces;
  });

  constructor(question: string, model: string, parent?: string, id: string = crypto.randomUUID()) {
    this.question = question;
    this.model = model;
    this.parent = parent;
    this.id = id;
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
      this.#text = this.phase === 'waiting' ? event.text : this.#text + event.text;
      this.#pieces++;
      this.phase = 'answering';
      this.step = undefined;
      this.#paced.soon();
    } else if (event.kind === 'end') {
      this.#paced.now();
      this.phase = event.reason === 'length' ? 'cut' : 'done';
      this.timings = event.timings;
      this.usage = event.usage;
      this.step = undefined;
    }
  }

  fail(error: unknown): void {
    this.#paced.now();
    this.step = undefined;
    if (isKind(error, 'cancelled')) this.phase = 'stopped';
    else {
      this.phase = 'failed';
      this.refused = isKind(error, 'invalid');
      this.problem = toError(error, 'app').reason;
    }
  }

  /** One that is under way is kept as what a reload leaves of it. */
  stored(): StoredExchange {
    const { id, parent, question, model, phase, problem, refused, layers, route } = this;
    return {
      id,
      ...(parent === undefined ? {} : { parent }),
      question,
      answer: this.#text,
      model,
      phase: phase === 'waiting' || phase === 'answering' ? 'stopped' : phase,
      ...(problem === undefined ? {} : { problem: problem.slice(0, 1024) }),
      ...(refused ? { refused } : {}),
      layers,
      ...(route ? { route: { ...route, hops: [...route.hops] } } : {}),
      interruptions: [...this.interruptions],
      ...(this.usage ? { usage: this.usage } : {}),
      ...(this.timings ? { timings: this.timings } : {}),
    };
  }

  static from(stored: StoredExchange): Exchange {
    const { id, parent, question, model } = stored;
    const exchange = new Exchange(question, model, parent, id);
    exchange.#text = exchange.answer = stored.answer;
    exchange.phase = stored.phase;
    exchange.problem = stored.problem;
    exchange.refused = stored.refused ?? false;
    exchange.layers = stored.layers;
    exchange.route = stored.route as Route | undefined;
    exchange.interruptions = stored.interruptions;
    exchange.usage = stored.usage;
    exchange.timings = stored.timings;
    return exchange;
  }
}
