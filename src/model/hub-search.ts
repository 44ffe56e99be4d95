/** The Hub's public lists: which repositories hold GGUF files, and which files a repository has. */
import * as v from 'valibot';
import { TabmeshError } from '../base/error.ts';
import {
  fileBytesMax,
  hubAnswerBytesMax,
  hubAnswerMs,
  hubRepositoriesMax,
  hubSearchCharactersMax,
  retryAfterMaxMs,
  shardsMax,
} from '../base/limits.ts';
import { retryAfter } from './http-answer.ts';
import { type HubFile, modelFiles } from './hub-files.ts';
import { parseShardName, partName } from './shards.ts';

export interface HubRepository {
  /** OWNER/REPO */
  readonly id: string;
  /** In the last 30 days, as the Hub counts them. */
  readonly downloads: number;
  readonly likes: number;
  /** As its owner tagged it, "apache-2.0". */
  readonly licence?: string;
  /** Its owner lets only those read it who accepted the terms; a page has no account to do so. */
  readonly gated: boolean;
}

const count = v.pipe(v.number(), v.safeInteger(), v.minValue(0));
const repositoryId = v.pipe(v.string(), v.regex(/^[\w.-]{1,128}\/[\w.-]{1,128}$/));

const repositories = v.pipe(
  v.array(
    v.object({
      id: repositoryId,
      downloads: v.optional(count, 0),
      likes: v.optional(count, 0),
      gated: v.optional(v.union([v.boolean(), v.string()]), false),
      tags: v.optional(v.array(v.string()), []),
    }),
  ),
  v.maxLength(4 * hubRepositoriesMax),
);

const tree = v.array(
  v.object({
    type: v.string(),
    path: v.pipe(v.string(), v.maxLength(4096)),
    size: v.optional(v.pipe(count, v.maxValue(fileBytesMax * shardsMax)), 0),
    // Missing for files that lie in the repository itself; what it may become is no reason to show no list.
    lfs: v.fallback(
      v.optional(
        v.object({
          oid: v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/)),
          size: v.pipe(count, v.maxValue(fileBytesMax)),
        }),
      ),
      undefined,
    ),
  }),
);

/** What the Hub says of a file. */
export interface ListedHash {
  readonly bytes: number;
  /** In hex. */
  readonly sha256: string;
}

export class HubSearch {
  readonly #origin: () => string;
  readonly #fetch: typeof globalThis.fetch;

  /** `origin`: the Hub, or a mirror that answers as it does. */
  constructor(origin: () => string, fetch: typeof globalThis.fetch = globalThis.fetch.bind(globalThis)) {
    this.#origin = origin;
    this.#fetch = fetch;
  }

  /**
   * Repositories with GGUF files whose name has all words of `text`, the most downloaded first. Throws
   * TabmeshError('unavailable' | 'timeout' | 'corrupt', 'model'), with `retryAfterMs` where the Hub asks for a pause.
   */
  async search(text: string, signal?: AbortSignal): Promise<HubRepository[]> {
    const url = new URL('/api/models', this.#origin());
    url.search = new URLSearchParams([
      ['search', text.trim().slice(0, hubSearchCharactersMax)],
      ['filter', 'gguf'],
      ['sort', 'downloads'],
      ['direction', '-1'],
      ['limit', String(hubRepositoriesMax)],
      ...['downloads', 'likes', 'gated', 'tags'].map(field => ['expand[]', field]),
    ]).toString();
    const found = await this.#ask(url, repositories, signal);
    return found.slice(0, hubRepositoriesMax).map(({ id, downloads, likes, gated, tags }) => {
      const licence = tags.find(tag => tag.startsWith('license:'))?.slice('license:'.length, 64);
      return { id, downloads, likes, gated: gated !== false, ...(licence ? { licence } : {}) };
    });
  }

  /** The models in a repository, the smallest first; the parts of one count as one. Throws as `search`, and 'not-found' or 'denied'. */
  async files(repository: string, signal?: AbortSignal): Promise<HubFile[]> {
    const entries = await this.#tree(repository, signal);
    return modelFiles(
      repository,
      entries.filter(({ type }) => type === 'file'),
    );
  }

  /** Of each file of a model of the Hub, in order; undefined for others, and where the Hub does not say. Throws as `files`. */
  async hashes(ref: string, signal?: AbortSignal): Promise<readonly ListedHash[] | undefined> {
    const [, repository, path] = /^hub:([^/]+\/[^/]+)\/(.+)$/.exec(ref) ?? [];
    if (repository === undefined || path === undefined) return undefined;
    const parts = parseShardName(path)?.parts ?? 0;
    const paths = parts > 0 ? Array.from({ length: parts }, (_, part) => partName(path, part + 1)) : [path];
    const entries = new Map((await this.#tree(repository, signal)).map(entry => [entry.path, entry]));
    const listed = paths.flatMap(each => entries.get(each)?.lfs ?? []);
    return listed.length < paths.length
      ? undefined
      : listed.map(({ oid, size }) => ({ bytes: size, sha256: oid }));
  }

  #tree(repository: string, signal?: AbortSignal) {
    const id = v.parse(repositoryId, repository);
    return this.#ask(new URL(`/api/models/${id}/tree/main?recursive=true`, this.#origin()), tree, signal);
  }

  async #ask<T>(
    url: URL,
    schema: v.BaseSchema<unknown, T, v.BaseIssue<unknown>>,
    signal?: AbortSignal,
  ): Promise<T> {
    const late = AbortSignal.timeout(hubAnswerMs);
    try {
      const response = await this.#fetch(url, {
        credentials: 'omit',
        referrerPolicy: 'no-referrer',
        signal: signal ? AbortSignal.any([signal, late]) : late,
      });
      if (!response.ok) {
        void response.body?.cancel().catch(() => undefined);
        throw refusal(response, url);
      }
      const answer = v.safeParse(schema, JSON.parse(await boundedText(response)));
      if (answer.success) return answer.output;
    } catch (cause) {
      signal?.throwIfAborted();
      if (cause instanceof TabmeshError) throw cause;
      if (late.aborted)
        throw error('timeout', `${url.host} did not answer within ${hubAnswerMs / 1000} s. Try again.`, {
          cause,
        });
      if (!(cause instanceof SyntaxError))
        throw error(
          'unavailable',
          `${url.host} cannot be reached. Check the network; models that are stored here go on answering.`,
          { cause },
        );
    }
    throw error('corrupt', `${url.host} answered something else than a list. Try again later.`);
  }
}

function refusal(response: Response, { host, pathname }: URL): TabmeshError {
  const { status } = response;
  const retryAfterMs = retryAfter(response);
  const pause = retryAfterMs === undefined ? {} : { retryAfterMs };
  if (status === 429) {
    const when = `in ${Math.ceil((retryAfterMs ?? retryAfterMaxMs) / 1000)} s`;
    return error('unavailable', `${host} is asked too often from this network. Try again ${when}.`, pause);
  }
  if (status === 404)
    return error('not-found', `${host} has no ${pathname.split('/').slice(3, 5).join('/')}.`);
  if (status === 401 || status === 403)
    return error('denied', `${host} shows this repository only to those who accepted its owner's terms.`);
  return error('unavailable', `${host} has a problem of its own (${status}). Try again later.`, pause);
}

async function boundedText(response: Response): Promise<string> {
  const reader = response.body?.getReader();
  const decoder = new TextDecoder();
  let text = '';
  let bytes = 0;
  for (let read = await reader?.read(); read && !read.done; read = await reader?.read()) {
    bytes += read.value.length;
    if (bytes > hubAnswerBytesMax) {
      void reader?.cancel().catch(() => undefined);
      throw error('corrupt', 'The list is longer than any list of the Hub. Try other words.');
    }
    text += decoder.decode(read.value, { stream: true });
  }
  return text + decoder.decode();
}

const error = (
  kind: 'unavailable' | 'timeout' | 'corrupt' | 'not-found' | 'denied',
  reason: string,
  more: { retryAfterMs?: number; cause?: unknown } = {},
) => new TabmeshError(kind, 'model', reason, more);
