import { toError } from '../../base/error.ts';
import { questionCharactersMax } from '../../base/limits.ts';
import { Answer } from './answer.svelte.ts';
import type { BadReason } from './bad-reasons.ts';
import { DeviceWriter } from './device-writer.svelte.ts';
import { Exchange } from './exchange.svelte.ts';
import type { Host } from './host.ts';
import { SitePages } from './site.svelte.ts';
import { words } from './strings.ts';
import type { Writer } from './writer.ts';

/** What a visitor asks in this frame, until the page goes. Nothing of it is kept, and only a writer sends it anywhere. */
export class Session {
  exchanges = $state.raw<readonly Exchange[]>([]);
  draft = $state('');
  readonly host: Host;
  readonly pages: SitePages;
  /** Who writes answers; undefined where the passages are all there is, and until a pod's invite has been read. */
  writer = $state.raw<Writer>();
  /** Who could read a question. */
  note = $state<string>(words.staysHere);
  #reading: Promise<void> | undefined;

  constructor(host: Host) {
    this.host = host;
    this.pages = new SitePages(host);
    const { pod, model } = host.options;
    if (pod !== undefined) this.#reading = this.#usePod(pod, model);
    else if (model !== undefined) this.writer = new DeviceWriter(model, host.origin);
  }

  get siteName(): string {
    return URL.parse(this.host.options.site)?.host ?? this.host.options.site;
  }

  get running(): Exchange | undefined {
    return this.exchanges.find(({ running }) => running);
  }

  ask(text: string): void {
    const question = text.trim();
    if (question === '' || this.running) return;
    const exchange = new Exchange(question);
    this.exchanges = [...this.exchanges, exchange];
    this.draft = '';
    this.host.tell('ask', { query: question });
    void this.again(exchange);
  }

  /** From the host's page. What cannot be asked now, or is longer than a question may be, waits in the box, where its visitor sees it. */
  hear(query: string, submit: boolean): void {
    if (submit && !this.running && query.length <= questionCharactersMax) this.ask(query);
    else this.draft = query.slice(0, questionCharactersMax);
  }

  async again(exchange: Exchange): Promise<void> {
    exchange.phase = 'searching';
    exchange.problem = undefined;
    try {
      const search = await this.pages.search();
      exchange.hits = await search.find(exchange.question);
      exchange.phase = 'found';
    } catch (error) {
      exchange.phase = 'failed';
      exchange.problem = this.pages.problem ?? toError(error, 'search').reason;
      return;
    }
    await this.#reading;
    if (this.writer?.ready && exchange.hits.length > 0) await this.write(exchange);
    else this.#answered(exchange);
  }

  /** Once more where there was an answer already. */
  async write(exchange: Exchange): Promise<void> {
    if (!this.writer) return;
    const answer = new Answer();
    exchange.answer = answer;
    const passages = exchange.hits.map(({ passage }) => passage);
    if (!(await answer.write(this.writer, exchange.question, passages))) exchange.answer = undefined;
    this.#answered(exchange);
  }

  /** Reads the invite, which sends nothing. */
  async #usePod(link: string, model: string | undefined): Promise<void> {
    try {
      const [{ Guest }, { PodWriter }] = await Promise.all([
        import('../../peer/guest.ts'),
        import('./pod-writer.ts'),
      ]);
      this.writer = new PodWriter(new Guest(link), model);
      this.note = this.writer.note;
    } catch (error) {
      this.note = `${words.badWriter(toError(error, 'peer').reason)} ${words.staysHere}`;
    }
  }

  /** What is not helpful is told at once, and once more with its reason where one is given. */
  judge(exchange: Exchange, good: boolean, reason?: BadReason): void {
    exchange.judged = good || reason ? 'done' : 'why';
    this.host.tell('feedback', { query: exchange.question, good, ...(reason ? { reason } : {}) });
  }

  #answered({ question, hits }: Exchange): void {
    const sources = hits.map(({ passage: { url, title } }) => ({ url, title }));
    this.host.tell('answer', { query: question, sources });
  }
}

/** Of what a screen reader is told. */
export function status(exchange: Exchange | undefined): string {
  if (exchange?.phase === 'searching') return words.searching;
  if (exchange?.answer?.running) return words.writing;
  return exchange?.phase === 'found' ? words.complete(exchange.hits.length) : '';
}
