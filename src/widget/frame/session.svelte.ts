import { toError } from '../../base/error.ts';
import { Exchange } from './exchange.svelte.ts';
import type { Host } from './host.ts';
import { SitePages } from './site.svelte.ts';
import { words } from './strings.ts';

/** What a visitor asks in this frame, until the page goes. Nothing of it is kept or sent. */
export class Session {
  exchanges = $state.raw<readonly Exchange[]>([]);
  draft = $state('');
  readonly host: Host;
  readonly pages: SitePages;

  constructor(host: Host) {
    this.host = host;
    this.pages = new SitePages(host);
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

  async again(exchange: Exchange): Promise<void> {
    exchange.phase = 'searching';
    exchange.problem = undefined;
    try {
      const search = await this.pages.search();
      exchange.hits = await search.find(exchange.question);
      exchange.phase = 'found';
      this.#answered(exchange);
    } catch (error) {
      exchange.phase = 'failed';
      exchange.problem = this.pages.problem ?? toError(error, 'search').reason;
    }
  }

  judge(exchange: Exchange, good: boolean): void {
    exchange.judged = true;
    this.host.tell('feedback', { query: exchange.question, good });
  }

  #answered({ question, hits }: Exchange): void {
    const sources = hits.map(({ passage: { url, title } }) => ({ url, title }));
    this.host.tell('answer', { query: question, sources });
  }
}

/** Of what a screen reader is told. */
export function status(exchange: Exchange | undefined): string {
  if (exchange?.phase === 'searching') return words.searching;
  return exchange?.phase === 'found' ? words.complete(exchange.hits.length) : '';
}
