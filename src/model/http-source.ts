import { assert } from '../base/assert.ts';
import { TabmeshError } from '../base/error.ts';
import {
  fetchBackoffMs,
  fetchProgressBytes,
  fetchTriesMax,
  headerFirstBytes,
  retryAfterMaxMs,
} from '../base/limits.ts';
import { Retry } from './http-answer.ts';
import { rangedGet } from './http-range.ts';
import { hubOriginDefault, parseModelRef, siblingRef } from './model-ref.ts';
import type { ByteSource, OnBytes } from './source.ts';

export interface HttpSourceOptions {
  readonly fetch?: typeof globalThis.fetch;
  readonly hubOrigin?: string;
  /** Names the bytes where each peer has them at an address of its own (the embedded model). */
  readonly id?: string | undefined;
}

/**
 * A file on a web server or the Hub (`hub:OWNER/REPO/FILE`), read by ranged GETs that need no CORS preflight. A
 * connection that breaks is taken up at the byte it had reached; a server that is busy is asked again a few times.
 * Throws TabmeshError('invalid', 'model') where `ref` is no address of a model.
 */
export function httpSource(ref: string, options: HttpSourceOptions = {}): ByteSource {
  const { id, url, name } = parseModelRef(ref, options.hubOrigin ?? hubOriginDefault);
  const fetch = options.fetch ?? globalThis.fetch.bind(globalThis);
  const file: { bytes?: number; etag?: string } = {};
  let beginning: Uint8Array<ArrayBuffer> | undefined;

  /** The first request brings the size, the version and the bytes that a header begins with. */
  const begin = async (signal?: AbortSignal): Promise<Uint8Array<ArrayBuffer>> => {
    beginning ??= await readRange(0, headerFirstBytes, signal);
    return beginning;
  };

  const readRange = async (
    start: number,
    end: number,
    signal?: AbortSignal,
    onBytes?: OnBytes,
  ): Promise<Uint8Array<ArrayBuffer>> => {
    const into = new Uint8Array(end - start);
    let filled = 0;
    let length = into.length;
    for (let failures = 0; filled < length; ) {
      const before = filled;
      try {
        length = await rangedGet({ fetch, url, file, start, into, filled, signal }, count => {
          filled += count;
          onBytes?.(count, into.subarray(0, filled));
        });
      } catch (error) {
        signal?.throwIfAborted();
        if (!(error instanceof Retry)) throw error;
        failures = filled - before >= fetchProgressBytes ? 1 : failures + 1;
        const pause = error.afterMs ?? fetchBackoffMs * 2 ** (failures - 1);
        if (failures >= fetchTriesMax || pause > retryAfterMaxMs)
          throw new TabmeshError('unavailable', 'model', error.message, {
            retryAfterMs: pause,
            cause: error.cause,
          });
        await wait(pause, signal);
      }
    }
    return length === into.length ? into : into.slice(0, length);
  };

  return {
    id: options.id ?? id,
    name,
    shareable: true,
    local: false,
    fresh: () => httpSource(ref, options),
    sibling: async other => httpSource(siblingRef(ref, other), { ...options, id: undefined }),
    async size(signal) {
      if (file.bytes === undefined) await begin(signal);
      assert(file.bytes !== undefined);
      return file.bytes;
    },
    async version(signal) {
      if (file.bytes === undefined) await begin(signal);
      return file.etag ?? '';
    },
    async read(start, end, signal, onBytes) {
      signal?.throwIfAborted();
      assert(
        0 <= start && start <= end && end <= (file.bytes ?? end),
        `no bytes [${start}, ${end}) in ${name}`,
      );
      const known = await begin(signal);
      if (end > known.length) return readRange(start, end, signal, onBytes);
      onBytes?.(end - start);
      return known.slice(start, end);
    },
  };
}

function wait(ms: number, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve, reject) => {
    const aborted = () => {
      clearTimeout(timer);
      reject(signal?.reason);
    };
    const timer = setTimeout(() => {
      signal?.removeEventListener('abort', aborted);
      resolve();
    }, ms);
    signal?.addEventListener('abort', aborted, { once: true });
  });
}
