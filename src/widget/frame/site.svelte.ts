import { TabmeshError, toError } from '../../base/error.ts';
import { indexBytesMax, siteCharactersMax, sitePagesMax, siteReadMs } from '../../base/limits.ts';
import type { SiteSearch } from '../../search/site-search.ts';
import type { Host } from './host.ts';
import { words } from './strings.ts';

/** What the site's pages say, read when it is first asked for. */
export class SitePages {
  phase = $state<'unread' | 'reading' | 'ready' | 'failed'>('unread');
  done = $state(0);
  total = $state(0);
  problem = $state<string>();
  /** Left out of what was read. */
  left = $state.raw<readonly string[]>([]);
  readonly #host: Host;
  #search: Promise<SiteSearch> | undefined;

  constructor(host: Host) {
    this.#host = host;
  }

  /** The same reading for all who wait; a failed one is tried anew by the next call. */
  search(): Promise<SiteSearch> {
    this.#search ??= this.#open().catch(error => {
      this.#search = undefined;
      this.phase = 'failed';
      this.problem = navigator.onLine ? toError(error, 'search').reason : words.offline;
      throw error;
    });
    return this.#search;
  }

  async #open(): Promise<SiteSearch> {
    this.phase = 'reading';
    this.problem = undefined;
    const { siteAddress } = await import('../../search/site-address.ts');
    const { site: given, index } = this.#host.options;
    const site = siteAddress(given);
    if (!site) throw new TabmeshError('invalid', 'search', words.badSite(given));
    const [{ openSearch }, passages] = await Promise.all([
      import('../../search/site-search.ts'),
      index === undefined ? this.#readPages(site) : this.#readIndex(index, site),
    ]);
    const search = await openSearch(passages);
    this.phase = 'ready';
    return search;
  }

  async #readPages(site: URL) {
    const [{ readSite }, read] = await Promise.all([
      import('../../search/read-site.ts'),
      this.#readerOf(site),
    ]);
    const limits = { pages: sitePagesMax, characters: siteCharactersMax };
    const onProgress = (progress: { done: number; total: number }) => Object.assign(this, progress);
    const signal = AbortSignal.timeout(siteReadMs);
    const { passages, left } = await readSite(site, read, limits, onProgress, signal);
    this.left = left;
    return passages;
  }

  async #readIndex(address: string, site: URL) {
    const url = URL.parse(address);
    if (!url || !/^https?:$/.test(url.protocol))
      throw new TabmeshError('invalid', 'search', words.badSite(address));
    const [{ readIndex }, read] = await Promise.all([
      import('../../search/index-file.ts'),
      this.#readerOf(url),
    ]);
    const { text } = await read(url.href, indexBytesMax, AbortSignal.timeout(siteReadMs));
    return readIndex(text, site);
  }

  async #readerOf({ origin }: URL) {
    return origin === this.#host.origin
      ? this.#host.read
      : (await import('../../search/read-text.ts')).readByFetch;
  }
}
