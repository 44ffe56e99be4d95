/** Server-sent events, https://html.spec.whatwg.org/multipage/server-sent-events.html, as a client reads them. */
import type { Clock } from '../../base/clock.ts';
import { within } from '../../base/deadline.ts';
import { TabmeshError } from '../../base/error.ts';
import { eventBytesMax, providerSilenceMs, streamBytesMax } from '../../base/limits.ts';

export interface ServerEvent {
  /** "message" where the server names none. */
  readonly event: string;
  readonly data: string;
}

/**
 * The events of a body. Throws TabmeshError('timeout', 'router') after `providerSilenceMs` without a byte, 'full' beyond
 * the limits, 'lost' where the connection breaks. An event that is cut off by the end is dropped, as the standard says.
 */
export async function* serverEvents(
  body: ReadableStream<Uint8Array> | null,
  clock: Clock,
  signal?: AbortSignal,
): AsyncGenerator<ServerEvent, void, void> {
  const reader = body?.getReader();
  if (!reader) return;
  const decoder = new TextDecoder();
  const lines = new Lines();
  let bytes = 0;
  let event = '';
  let data: string[] = [];
  let held = 0;
  try {
    for (;;) {
      const { done, value } = await within(clock, providerSilenceMs, silent, () => reader.read(), signal);
      if (done) return;
      bytes += value.length;
      if (bytes > streamBytesMax) throw tooMuch(`an answer of more than ${streamBytesMax} bytes`);
      for (const line of lines.push(decoder.decode(value, { stream: true }))) {
        if (line === '') {
          if (data.length > 0) yield { event: event || 'message', data: data.join('\n') };
          event = '';
          data = [];
          held = 0;
          continue;
        }
        const { field, text } = split(line);
        if (field === 'data') data.push(text);
        // An empty line is held, too.
        held += line.length + 1;
        if (held > eventBytesMax) throw tooLong();
        else if (field === 'event') event = text;
      }
      if (held + lines.held > eventBytesMax) throw tooLong();
    }
  } catch (error) {
    if (error instanceof TabmeshError || signal?.aborted) throw error;
    throw new TabmeshError('lost', 'router', 'The connection to the provider broke off.', { cause: error });
  } finally {
    reader.cancel().catch(() => {});
  }
}

/** A line ends with CR, LF or both, which may come apart. */
class Lines {
  #rest = '';
  #skipLineFeed = false;

  /** Characters of a line without its end. */
  get held(): number {
    return this.#rest.length;
  }

  *push(text: string): Generator<string> {
    const begin = this.#skipLineFeed && text.startsWith('\n') ? 1 : 0;
    if (text !== '') this.#skipLineFeed = false;
    const end = /\r\n|\r|\n/g;
    end.lastIndex = begin;
    let at = begin;
    for (let match = end.exec(text); match; match = end.exec(text)) {
      const line = this.#rest + text.slice(at, match.index);
      at = end.lastIndex;
      this.#rest = '';
      this.#skipLineFeed = match[0] === '\r' && at === text.length;
      yield line;
    }
    this.#rest += text.slice(at);
  }
}

/** "data: x", "data:x"; a comment has no field name. */
function split(line: string): { field: string; text: string } {
  const colon = line.indexOf(':');
  if (colon < 0) return { field: line, text: '' };
  const text = line.slice(colon + 1);
  return { field: line.slice(0, colon), text: text.startsWith(' ') ? text.slice(1) : text };
}

const silent = () =>
  new TabmeshError(
    'timeout',
    'router',
    `The provider said nothing for ${providerSilenceMs / 1000} s. What it gave is kept; ask again.`,
  );

const tooLong = () => tooMuch(`an event of more than ${eventBytesMax} bytes`);

const tooMuch = (what: string) =>
  new TabmeshError('full', 'router', `The provider sent ${what}, which is not read. What it gave is kept.`);
