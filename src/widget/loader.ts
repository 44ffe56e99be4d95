/**
 * <script async src=".../widget.js" data-site="...">: makes <tabmesh-chat> known, and adds one beside the page where the tag has options.
 * `tabmesh('open', { query })` works before this has loaded where the page has the stub of docs/widget.md.
 */
import type { TabmeshChat } from './element.ts';
import { define, mount, tagName } from './mount.ts';
import { optionNames } from './options.ts';

type Call = [name: 'open' | 'close' | 'destroy', ...args: object[]];
type Stub = ((...call: Call) => void) & { q?: Call[] };

const script = document.currentScript as HTMLScriptElement;
const { dataset } = script;

function start(): void {
  const wanted = optionNames.some(name => dataset[name] !== undefined);
  if (wanted) mount({ home: script.src, ...dataset });
  else define(script.src);
  const chat = () => document.querySelector<TabmeshChat>(tagName);
  const call = (...[name, ...args]: Call): void => chat()?.[name](...args);
  const global = window as unknown as { tabmesh?: Stub };
  const queued = global.tabmesh?.q ?? [];
  global.tabmesh = Object.defineProperties(call, {
    open: { value: (options?: object) => chat()?.open(options) },
    close: { value: () => chat()?.close() },
    destroy: { value: () => chat()?.destroy() },
    isOpen: { get: () => chat()?.isOpen ?? false },
    ready: { get: () => chat()?.ready },
  });
  for (const each of queued) call(...each);
}

if (document.body) start();
else addEventListener('DOMContentLoaded', start);
