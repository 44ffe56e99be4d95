/** What an operator writes as data-* on the script tag or the element, or gives to mount(). */
export interface WidgetOptions {
  /** The site whose pages answer; that of the page where it is not given. */
  site?: string;
  /** A file that `tabmesh index` made. */
  index?: string;
  /** An invite for viewers, of a pod whose model writes the answers. */
  pod?: string;
  /** The pod's name of its model; without a pod a link or `hub:OWNER/REPO/FILE` of one that may run in the visitor's browser. */
  model?: string;
  position?: 'right' | 'left' | 'inline';
  theme?: 'auto' | 'light' | 'dark';
  /** The key that opens it with Ctrl or Cmd; "none" for no key. */
  shortcut?: string;
  /** Of the button. */
  label?: string;
  /** Questions to begin with, with | between them. */
  suggestions?: string;
  /** What it says in place of its English words: an object of strings by name, as JSON. */
  words?: string;
  /** Their language; that of the page where it is not given. */
  lang?: string;
}

export const optionNames = [
  'site',
  'index',
  'pod',
  'model',
  'position',
  'theme',
  'shortcut',
  'label',
  'suggestions',
  'words',
  'lang',
] as const satisfies readonly (keyof WidgetOptions)[];

export interface OpenOptions {
  readonly query?: string;
  /** Asks at once; else the question waits in the box. */
  readonly submit?: boolean;
}
