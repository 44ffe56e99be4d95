/** What a server answers to a ranged GET, held against what was asked and what is known of the file. */
import { TabmeshError } from '../base/error.ts';

export interface RangeRequest {
  readonly fetch: typeof globalThis.fetch;
  readonly url: string;
  /** What is known of the file; filled in by the first answer, held against every later one. */
  readonly file: { bytes?: number; etag?: string };
  /** Place of `into` in the file, and how much of it came before. */
  readonly start: number;
  readonly into: Uint8Array<ArrayBuffer>;
  readonly filled: number;
  readonly signal: AbortSignal | undefined;
}

/** Worth another try, after `afterMs` where the server said so. */
export class Retry extends Error {
  readonly afterMs: number | undefined;
  constructor(message: string, more: { afterMs?: number | undefined; cause?: unknown } = {}) {
    super(message, { cause: more.cause });
    this.afterMs = more.afterMs;
  }
}

/** Answers where the body ends in the file. */
export function checkAnswer(response: Response, request: RangeRequest, host: string): number {
  try {
    if (response.status === 206) return checkPartial(response, request, host);
    if (response.status === 200) return checkWhole(response, request, host);
    throw refusal(response, request, host);
  } catch (error) {
    void response.body?.cancel().catch(() => undefined);
    throw error;
  }
}

function checkPartial(response: Response, request: RangeRequest, host: string): number {
  const header = response.headers.get('content-range');
  if (header === null)
    throw new TabmeshError(
      'unsupported',
      'model',
      `${host} does not say which bytes it sent. It must send Content-Range, and name it in Access-Control-Expose-Headers.`,
    );
  const match = /^bytes (\d{1,15})-(\d{1,15})\/(\d{1,15})$/.exec(header);
  if (match === null) throw damaged(`${host} answered with the range ${JSON.stringify(header.slice(0, 64))}`);
  const [first, last, total] = match.slice(1).map(Number) as [number, number, number];
  checkSame(response, request, total);
  const end = Math.min(total, request.start + request.into.length);
  if (first !== request.start + request.filled || last !== end - 1)
    throw damaged(
      `${host} was asked for bytes ${request.start + request.filled}-${end - 1} and sent ${first}-${last}`,
    );
  return end;
}

/** A server without ranges sends the whole file, which is welcome only where the whole was asked for. */
function checkWhole(response: Response, request: RangeRequest, host: string): number {
  const total = Number(response.headers.get('content-length') ?? Number.NaN);
  const asked = request.start === 0 && request.filled === 0;
  if (!asked || !Number.isSafeInteger(total) || total > request.into.length)
    throw new TabmeshError(
      'unsupported',
      'model',
      `${host} cannot send parts of a file (HTTP ranges). Choose another server, or download the file and open it from disk.`,
    );
  checkSame(response, request, total);
  return total;
}

function checkSame(response: Response, { file }: RangeRequest, total: number): void {
  // A weak ETag may stay while bytes change, and one that CORS hides is none.
  const etag = response.headers.get('etag') ?? '';
  const strong = etag.startsWith('W/') ? '' : etag;
  file.bytes ??= total;
  file.etag ??= strong;
  if (file.bytes !== total || (strong !== '' && file.etag !== '' && file.etag !== strong))
    throw new TabmeshError(
      'corrupt',
      'model',
      'The file changed on the server while it was being read. Open the model again to fetch the new one.',
    );
}

function refusal(response: Response, request: RangeRequest, host: string): Error {
  const { status } = response;
  if (status === 404 || status === 410)
    return new TabmeshError(
      'not-found',
      'model',
      `${host} has no such file: ${new URL(request.url).pathname}.`,
    );
  if (status === 401 || status === 403)
    return new TabmeshError(
      'denied',
      'model',
      `${host} refuses this file (${status}). It does not exist, is private, or is gated: its owner lets only those read it who accepted the terms. Choose an open copy, or download the file yourself and open it from disk.`,
    );
  if (status === 416)
    return damaged(`${host} says that the file ends before byte ${request.start + request.filled}`);
  const afterMs = retryAfter(response);
  if (status === 429)
    return new Retry(`${host} is asked too often from this network (429). Try again later.`, { afterMs });
  if (status === 408 || status >= 500)
    return new Retry(`${host} has a problem of its own (${status}). Try again later.`, { afterMs });
  return new TabmeshError('unavailable', 'model', `${host} answered ${status} and no file.`);
}

/** Seconds or a date; undefined where the server says neither. */
export function retryAfter(response: Response): number | undefined {
  const text = response.headers.get('retry-after');
  if (text === null) return undefined;
  const ms = /^\d{1,9}$/.test(text) ? Number(text) * 1000 : Date.parse(text) - Date.now();
  return Number.isNaN(ms) ? undefined : Math.max(0, ms);
}

export const damaged = (fault: string) =>
  new TabmeshError('corrupt', 'model', `The model cannot be read: ${fault}.`);
