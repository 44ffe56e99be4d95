import { TabmeshChat } from './element.ts';
import { optionNames, type WidgetOptions } from './options.ts';

export type { OpenOptions, WidgetOptions } from './options.ts';
export type { TabmeshChat };

export const tagName = 'tabmesh-chat';

export interface MountOptions extends WidgetOptions {
  /** Where Tabmesh is served: "https://tabmesh.example/". */
  home: string;
  /** What the widget becomes a child of; the page's body where nothing is said. */
  target?: Element;
}

/** Puts a widget into the page. Nothing is asked of `home` before somebody opens it. */
export function mount({ home, target = document.body, ...options }: MountOptions): TabmeshChat {
  define(home);
  const chat = document.createElement(tagName) as TabmeshChat;
  for (const name of optionNames) {
    const value = options[name];
    if (value !== undefined) chat.dataset[name] = value;
  }
  target.append(chat);
  return chat;
}

/** So that <tabmesh-chat> works in the page. The first `home` of a page stays. */
export function define(home: string): void {
  if (customElements.get(tagName)) return;
  TabmeshChat.home = new URL('./', new URL(home, location.href)).href;
  customElements.define(tagName, TabmeshChat);
}
