import { FrameLink } from './frame-link.ts';
import { hostTheme, watchTheme } from './host-theme.ts';
import type { FrameOptions } from './messages.ts';
import type { OpenOptions, WidgetOptions } from './options.ts';
import { adoptSheet } from './sheet.ts';

/** A frame that has not greeted by then is told of. */
const frameMs = 15_000;

const words = {
  label: 'Ask this site',
  closePanel: 'Close',
  loadingPanel: 'Loading',
  notLoaded: 'The chat did not load. Check your connection, then close this and open it again.',
};

/** Builders of documentation load modules in Node too, where there are no elements. */
const PageElement: typeof HTMLElement = globalThis.HTMLElement ?? class {};

/** A button until it is clicked; then a panel with a frame of Tabmesh's own origin in it, which does all the work. */
export class TabmeshChat extends PageElement {
  /** Where Tabmesh is served, with a slash at the end; that of the script where nothing else is said. */
  static home = '';

  readonly #box = document.createElement('div');
  readonly #button = document.createElement('button');
  readonly #panel = document.createElement('div');
  /** Until the frame takes questions. */
  readonly #loading = document.createElement('progress');
  readonly #problem = document.createElement('p');
  #link: FrameLink | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #unwatch: (() => void) | undefined;
  #ready = Promise.withResolvers<void>();

  connectedCallback(): void {
    if (!this.shadowRoot) this.#build();
    this.#paint();
    this.#unwatch = watchTheme(() => this.#paint());
    addEventListener('keydown', this.#pressed);
  }

  disconnectedCallback(): void {
    this.#unwatch?.();
    removeEventListener('keydown', this.#pressed);
    this.#drop();
  }

  get isOpen(): boolean {
    return !this.#panel.hidden;
  }

  /** Resolves when the frame takes questions, which is some time after the first `open`. */
  get ready(): Promise<void> {
    return this.#ready.promise;
  }

  open({ query, submit = false }: OpenOptions = {}): void {
    if (!this.isConnected) return;
    if (!this.isOpen) this.#show();
    if (query !== undefined) this.#link?.post({ kind: 'ask', query, submit });
    this.#link?.frame.focus();
    this.#link?.post({ kind: 'shown' });
  }

  close(): void {
    if (!this.isOpen) return;
    this.#set(false);
    // A frame that never came is asked for anew.
    if (!this.#problem.hidden) this.#drop();
    this.#button.focus();
    this.#tell('close');
  }

  /** Takes the element out of the page, and all that it holds. */
  destroy(): void {
    this.remove();
  }

  #build(): void {
    const root = this.attachShadow({ mode: 'open' });
    adoptSheet(root);
    const own = this.#words();
    const title = this.#option('label') ?? words.label;
    const header = document.createElement('div');
    const heading = document.createElement('h2');
    const close = document.createElement('button');
    heading.textContent = title;
    header.className = 'header';
    close.textContent = '×';
    close.ariaLabel = own['closePanel'] ?? words.closePanel;
    close.type = this.#button.type = 'button';
    close.onclick = () => this.close();
    header.append(heading, close);
    this.#button.className = 'open';
    this.#button.textContent = title;
    this.#button.ariaHasPopup = 'dialog';
    this.#button.onclick = () => this.open();
    this.#panel.className = 'panel';
    this.#panel.role = 'dialog';
    this.#panel.ariaLabel = title;
    this.#panel.onkeydown = ({ key }) => key === 'Escape' && this.close();
    this.#problem.className = 'problem';
    this.#problem.role = 'alert';
    this.#problem.textContent = own['notLoaded'] ?? words.notLoaded;
    this.#problem.hidden = true;
    this.#loading.ariaLabel = own['loadingPanel'] ?? words.loadingPanel;
    this.#panel.append(header, this.#loading, this.#problem);
    this.#box.append(this.#button, this.#panel);
    root.append(this.#box);
    this.#set(false);
  }

  #show(): void {
    this.#set(true);
    this.#tell('open');
    if (this.#link) return;
    const { label } = this.dataset;
    const link = new FrameLink(TabmeshChat.home, label ?? words.label, this.#frameOptions(), this.#theme(), {
      ready: () => {
        clearTimeout(this.#timer);
        this.#loading.hidden = this.#problem.hidden = true;
        this.#ready.resolve();
      },
      close: () => this.close(),
      event: (name, detail) => this.#tell(name, detail),
    });
    this.#link = link;
    this.#loading.hidden = false;
    this.#panel.append(link.frame);
    this.#timer = setTimeout(() => {
      this.#loading.hidden = true;
      this.#problem.hidden = false;
    }, frameMs);
  }

  #drop(): void {
    clearTimeout(this.#timer);
    this.#link?.end();
    this.#link = undefined;
    this.#problem.hidden = true;
    this.#set(false);
    this.#ready = Promise.withResolvers();
  }

  #set(open: boolean): void {
    this.#panel.hidden = !open;
    this.#button.hidden = open;
    this.#button.ariaExpanded = String(open);
  }

  #paint(): void {
    const theme = this.#theme();
    const position = this.#option('position') ?? (this.#option('inline') === undefined ? 'right' : 'inline');
    this.#box.className = `${position === 'inline' ? 'inline' : `side ${position}`} ${theme.dark ? 'dark' : 'light'}`;
    this.#link?.post({ kind: 'theme', theme });
  }

  readonly #pressed = (event: KeyboardEvent): void => {
    const key = this.#option('shortcut') ?? 'i';
    const [target] = event.composedPath() as HTMLElement[];
    // Where somebody writes, Ctrl+I is for italics.
    if (target?.isContentEditable || target?.matches?.('input, textarea, select')) return;
    if (
      !(event.ctrlKey || event.metaKey) ||
      event.altKey ||
      event.shiftKey ||
      event.key.toLowerCase() !== key
    )
      return;
    event.preventDefault();
    if (this.isOpen) this.close();
    else this.open();
  };

  #theme() {
    return hostTheme(this, this.#option('theme') ?? '');
  }

  #option(name: keyof WidgetOptions | 'inline'): string | undefined {
    return this.dataset[name] ?? this.getAttribute(name) ?? undefined;
  }

  #frameOptions(): FrameOptions {
    const { index, pod, model } = this.dataset;
    return {
      site: this.dataset['site'] || `${location.origin}/`,
      ...(index ? { index: new URL(index, location.href).href } : {}),
      ...(pod ? { pod } : {}),
      ...(model ? { model } : {}),
      suggestions: this.dataset['suggestions']?.split('|') ?? [],
      ...(this.dataset['words']
        ? { words: this.#words(), lang: this.dataset['lang'] || document.documentElement.lang }
        : {}),
    };
  }

  /** None where they cannot be read. */
  #words(): Record<string, string> {
    try {
      return { ...JSON.parse(this.dataset['words'] || '{}') };
    } catch {
      return {};
    }
  }

  #tell(name: string, detail?: object): void {
    this.dispatchEvent(new CustomEvent(name, { detail }));
  }
}
