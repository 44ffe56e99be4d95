/**
 * What the loader in the host's page and the frame of our own origin say to each other. Only the greeting goes over `window`,
 * where any frame may speak; both sides check who sent it, and then use a port that nobody else has.
 */
export const greeting = 'tabmesh-widget/1';

/** CSS colours of the host by name, from its --tabmesh-NAME. */
export const colourNames = [
  'accent',
  'on-accent',
  'accent-ground',
  'ground',
  'raised',
  'sunken',
  'line',
  'control-line',
  'text',
  'muted',
] as const;

export interface Theme {
  readonly dark: boolean;
  readonly colours: Readonly<Record<string, string>>;
}

export interface FrameOptions {
  /** The site that is answered from. */
  readonly site: string;
  /** Address of an index that was made ahead of time. */
  readonly index?: string;
  /** Who writes answers: see WidgetOptions. */
  readonly pod?: string;
  readonly model?: string;
  readonly suggestions: readonly string[];
  /** What is said in place of the words of frame/strings.ts, by their names there. */
  readonly words?: Readonly<Record<string, string>>;
  /** Their language, as in `lang` of HTML. */
  readonly lang?: string;
}

export interface Start {
  readonly tabmesh: typeof greeting;
  readonly options: FrameOptions;
  readonly theme: Theme;
}

export type ToFrame =
  | { readonly kind: 'ask'; readonly query: string; readonly submit: boolean }
  /** The panel is open: the frame takes the focus. */
  | { readonly kind: 'shown' }
  | { readonly kind: 'theme'; readonly theme: Theme }
  /** Answers 'read'; status 0 where nothing came. */
  | {
      readonly kind: 'page';
      readonly id: number;
      readonly status: number;
      readonly url: string;
      readonly text: string;
    };

export type HostEvent = 'ask' | 'answer' | 'source' | 'feedback';

export type ToHost =
  | { readonly kind: 'ready' }
  | { readonly kind: 'close' }
  | { readonly kind: 'event'; readonly name: HostEvent; readonly detail: object }
  /** Of the host's own origin, as everybody may read it: the frame would need CORS. */
  | { readonly kind: 'read'; readonly id: number; readonly url: string; readonly bytesMax: number };
