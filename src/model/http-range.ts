/** One ranged GET, checked. RFC 9110 section 14. */
import { TabmeshError } from '../base/error.ts';
import { fetchStallMs } from '../base/limits.ts';
import { checkAnswer, damaged, type RangeRequest, Retry } from './http-answer.ts';

/**
 * Fills `into` from `filled` on and tells of every piece. Answers how many bytes of `into` the file has (fewer than
 * its length only where the file ends there). Throws Retry, or a TabmeshError that trying again would not mend.
 */
export async function rangedGet(request: RangeRequest, onBytes: (count: number) => void): Promise<number> {
  const { url, start, into, filled } = request;
  const host = new URL(url).host;
  const stall = new AbortController();
  const stalled = () =>
    stall.abort(new Retry(`${host} sent nothing for ${fetchStallMs / 1000} seconds. Try again.`));
  let timer = setTimeout(stalled, fetchStallMs);
  const signal =
    request.signal === undefined ? stall.signal : AbortSignal.any([request.signal, stall.signal]);
  let at = filled;
  let answered = false;
  try {
    const first = start + filled;
    const response = await request.fetch(url, {
      // One simple range and no other header: anything more would ask the server's leave in a CORS preflight.
      headers: { Range: `bytes=${first}-${start + into.length - 1}` },
      cache: 'no-store',
      credentials: 'omit',
      referrerPolicy: 'no-referrer',
      signal,
    });
    answered = true;
    const end = checkAnswer(response, request, host) - start;
    for await (const piece of pieces(response)) {
      clearTimeout(timer);
      timer = setTimeout(stalled, fetchStallMs);
      if (at + piece.length > end) throw damaged(`${host} sent more bytes than were asked for`);
      into.set(piece, at);
      at += piece.length;
      onBytes(piece.length);
    }
    if (at < end) throw broken(host, at);
    return end;
  } catch (error) {
    if (stall.signal.aborted) throw stall.signal.reason;
    if (error instanceof Retry || error instanceof TabmeshError) throw error;
    if (answered) throw broken(host, at, error);
    // What fetch throws says nothing of use ("Failed to fetch"), and hides a refusal by CORS on purpose.
    const reason = `${host} cannot be reached, or does not let web pages read this file (CORS). Check the address and the network.`;
    throw new Retry(reason, { cause: error });
  } finally {
    clearTimeout(timer);
  }
}

const broken = (host: string, bytes: number, cause?: unknown) =>
  new Retry(`The connection to ${host} broke after ${bytes} bytes. Try again.`, { cause });

/** Response.body is no async iterable in Safari. */
async function* pieces(response: Response): AsyncGenerator<Uint8Array> {
  const reader = response.body?.getReader();
  if (reader === undefined) return;
  try {
    for (let read = await reader.read(); !read.done; read = await reader.read()) yield read.value;
  } finally {
    void reader.cancel().catch(() => undefined);
  }
}
