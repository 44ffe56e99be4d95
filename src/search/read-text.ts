/** How the search room gets at a site: in a page through its host or by CORS, in Node by fetch. */
import { TabmeshError } from '../base/error.ts';

/**
 * The text at `url` as UTF-8, and the address that it came from after redirects. Rejects with TabmeshError:
 * 'not-found' where the server has none, 'full' beyond `bytesMax`, 'unavailable' where it does not answer.
 */
export type ReadText = (url: string, bytesMax: number, signal?: AbortSignal) => Promise<TextAt>;

export interface TextAt {
  readonly url: string;
  readonly text: string;
}

/** Without cookies or a referrer: only what everybody may read gets into an index. */
export const readByFetch: ReadText = async (url, bytesMax, signal) => {
  const response = await fetch(url, {
    credentials: 'omit',
    referrerPolicy: 'no-referrer',
    ...(signal ? { signal } : {}),
  }).catch(error => {
    signal?.throwIfAborted();
    const { host } = new URL(url);
    const reason = `${host} could not be read. Check that it is up and that its pages may be read from here (CORS).`;
    throw new TabmeshError('unavailable', 'search', reason, { cause: error });
  });
  if (!response.ok) {
    await response.body?.cancel();
    const gone = response.status === 404 || response.status === 410;
    const reason = `${url} answered ${response.status}.`;
    throw new TabmeshError(gone ? 'not-found' : 'unavailable', 'search', reason);
  }
  return { url: response.url || url, text: await textOf(response, bytesMax) };
};

async function textOf(response: Response, bytesMax: number): Promise<string> {
  const decoder = new TextDecoder();
  let text = '';
  let bytes = 0;
  for await (const piece of response.body ?? []) {
    bytes += piece.byteLength;
    // Leaving the loop cancels what is still to come.
    if (bytes > bytesMax)
      throw new TabmeshError(
        'full',
        'search',
        `${response.url} has more than ${bytesMax} bytes and was left out.`,
      );
    text += decoder.decode(piece, { stream: true });
  }
  return text + decoder.decode();
}
