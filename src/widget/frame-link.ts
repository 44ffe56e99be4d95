import { readForFrame } from './host-reader.ts';
import {
  type FrameOptions,
  greeting,
  type HostEvent,
  type Start,
  type Theme,
  type ToFrame,
  type ToHost,
} from './messages.ts';

const events: readonly HostEvent[] = ['ask', 'answer', 'source', 'feedback'];

export interface FrameHandlers {
  ready(): void;
  close(): void;
  event(name: HostEvent, detail: object): void;
}

/** The frame and the line to it. What is said before the frame is there waits. */
export class FrameLink {
  readonly frame = document.createElement('iframe');
  readonly #origin: string;
  readonly #on: FrameHandlers;
  readonly #start: Start;
  readonly #waiting: ToFrame[] = [];
  #port: MessagePort | undefined;

  /** `home`: where Tabmesh is served, ending with a slash. */
  constructor(home: string, title: string, options: FrameOptions, theme: Theme, on: FrameHandlers) {
    this.#origin = new URL(home).origin;
    this.#on = on;
    this.#start = { tabmesh: greeting, options, theme };
    this.frame.title = title;
    this.frame.src = `${home}widget.html`;
    this.frame.allow = 'clipboard-write; cross-origin-isolated';
    // It cannot lead the host's page anywhere; links open beside it.
    this.frame.sandbox.value =
      'allow-scripts allow-same-origin allow-forms allow-popups allow-popups-to-escape-sandbox';
    addEventListener('message', this.#greeted);
  }

  post(message: ToFrame): void {
    if (this.#port) this.#port.postMessage(message);
    else this.#waiting.push(message);
  }

  end(): void {
    removeEventListener('message', this.#greeted);
    this.#port?.close();
    this.frame.remove();
  }

  /** A frame that loads again greets again. */
  readonly #greeted = ({ source, origin, data }: MessageEvent): void => {
    if (source === null || source !== this.frame.contentWindow || origin !== this.#origin) return;
    if (data?.tabmesh !== greeting) return;
    this.#port?.close();
    const { port1, port2 } = new MessageChannel();
    this.#port = port1;
    port1.onmessage = ({ data }) => this.#heard(data);
    (source as Window).postMessage(this.#start, origin, [port2]);
    for (const message of this.#waiting.splice(0)) port1.postMessage(message);
  };

  #heard(message: ToHost): void {
    if (message?.kind === 'ready') this.#on.ready();
    else if (message?.kind === 'close') this.#on.close();
    else if (message?.kind === 'event' && events.includes(message.name))
      this.#on.event(message.name, message.detail);
    else if (message?.kind === 'read') void readForFrame(message).then(page => this.post(page));
  }
}
