/** The line to the loader in the host's page. Whoever that is, only what fits the schema is heard. */
import * as v from 'valibot';
import { whenAborted } from '../../base/deadline.ts';
import { TabmeshError } from '../../base/error.ts';
import {
  addressCharactersMax,
  chatCharactersMax,
  indexBytesMax,
  inviteCharactersMax,
  modelRefCharactersMax,
  pageUrlCharactersMax,
  questionCharactersMax,
  siteReadMs,
  suggestionsMax,
  widgetWordCharactersMax,
  widgetWordsMax,
} from '../../base/limits.ts';
import type { ReadText } from '../../search/read-text.ts';
import { colourNames, greeting, type HostEvent, type ToHost } from '../messages.ts';

const text = (max: number) => v.pipe(v.string(), v.maxLength(max));

const themeSchema = v.strictObject({
  dark: v.boolean(),
  colours: v.record(v.picklist(colourNames), text(addressCharactersMax)),
});
const wordsSchema = v.pipe(
  v.record(text(widgetWordCharactersMax), text(widgetWordCharactersMax)),
  v.maxEntries(widgetWordsMax),
);
const startSchema = v.strictObject({
  tabmesh: v.literal(greeting),
  options: v.strictObject({
    site: text(pageUrlCharactersMax),
    index: v.optional(text(pageUrlCharactersMax)),
    pod: v.optional(text(pageUrlCharactersMax + inviteCharactersMax)),
    model: v.optional(text(modelRefCharactersMax)),
    suggestions: v.pipe(v.array(text(questionCharactersMax)), v.maxLength(suggestionsMax)),
    // Written by hand: without them the frame still has its own.
    words: v.optional(v.fallback(wordsSchema, {})),
    lang: v.optional(text(widgetWordCharactersMax)),
  }),
  theme: themeSchema,
});
const messageSchema = v.variant('kind', [
  // What is longer than a question may be is shown to the visitor, cut.
  v.strictObject({ kind: v.literal('ask'), query: text(chatCharactersMax), submit: v.boolean() }),
  v.strictObject({ kind: v.literal('shown') }),
  v.strictObject({ kind: v.literal('theme'), theme: themeSchema }),
  v.strictObject({
    kind: v.literal('page'),
    id: v.pipe(v.number(), v.safeInteger()),
    status: v.pipe(v.number(), v.integer()),
    url: text(pageUrlCharactersMax),
    text: text(indexBytesMax),
  }),
]);
type Message = v.InferOutput<typeof messageSchema>;
export type HeardMessage = Exclude<Message, { kind: 'page' }>;
export type HostTheme = v.InferOutput<typeof themeSchema>;
export type Options = v.InferOutput<typeof startSchema>['options'];

type Page = Extract<Message, { kind: 'page' }>;

export class Host {
  readonly options: Options;
  readonly theme: HostTheme;
  /** Of the page that the frame is in. */
  readonly origin: string;
  readonly #port: MessagePort;
  readonly #reads = new Map<number, (page: Page) => void>();
  #listener: (message: HeardMessage) => void = () => {};
  #next = 0;

  private constructor(start: v.InferOutput<typeof startSchema>, origin: string, port: MessagePort) {
    this.options = start.options;
    this.theme = start.theme;
    this.origin = origin;
    this.#port = port;
  }

  /** Greets the page above, and takes the first answer of that page and of no other window. */
  static meet(): Promise<Host> {
    return new Promise(resolve => {
      const heard = ({ source, origin, data, ports }: MessageEvent) => {
        if (source !== parent || parent === window || !ports[0]) return;
        const start = v.safeParse(startSchema, data);
        if (!start.success) return;
        removeEventListener('message', heard);
        resolve(new Host(start.output, origin, ports[0]));
      };
      addEventListener('message', heard);
      // It says nothing that not everybody may know, so it may go to whoever is above.
      parent.postMessage({ tabmesh: greeting }, '*');
    });
  }

  /** The listener hears what came before it, too. */
  listen(listener: (message: HeardMessage) => void): void {
    this.#listener = listener;
    this.#port.onmessage = ({ data }) => {
      const { success, output } = v.safeParse(messageSchema, data);
      if (!success) return;
      if (output.kind !== 'page') return this.#listener(output);
      this.#reads.get(output.id)?.(output);
      this.#reads.delete(output.id);
    };
  }

  post(message: ToHost): void {
    this.#port.postMessage(message);
  }

  tell(name: HostEvent, detail: object): void {
    this.post({ kind: 'event', name, detail });
  }

  /** Through the host's page, for addresses of its own origin. */
  readonly read: ReadText = async (url, bytesMax, signal) => {
    const id = this.#next++;
    const { promise, resolve } = Promise.withResolvers<Page>();
    this.#reads.set(id, resolve);
    this.post({ kind: 'read', id, url, bytesMax });
    const limit = AbortSignal.any([AbortSignal.timeout(siteReadMs), ...(signal ? [signal] : [])]);
    const page = await Promise.race([promise, whenAborted(limit)]).finally(() => this.#reads.delete(id));
    if (page.status === 200) return { url: page.url, text: page.text };
    const gone = page.status === 404 || page.status === 410;
    const why = page.status === 0 ? 'did not answer' : `answered ${page.status}`;
    throw new TabmeshError(gone ? 'not-found' : 'unavailable', 'search', `${url} ${why}.`);
  };
}
