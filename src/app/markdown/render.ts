/** Markdown that a model wrote, as elements. What it says is not trusted: it may repeat what a page or a peer slipped in. */
import DOMPurify, { type Config } from 'dompurify';
import { Marked, type RendererObject } from 'marked';
import { type DrawFormula, hasMaths, loadMaths, mathsExtension } from './maths.ts';

const escaped = (text: string): string =>
  text.replace(/[&<>"]/g, sign => ({ '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' })[sign]!);

const renderer: RendererObject = {
  // Tags in an answer are what it talks about.
  html: ({ text }) => escaped(text),
  // An image would tell its server that, and when, this answer was read: it is a link until somebody follows it.
  image: ({ href, text }) => `<a href="${escaped(href)}">${escaped(text || href)}</a>`,
  checkbox: ({ checked }) => (checked ? '☑ ' : '☐ '),
  // All of one level below "You asked", whatever level the model chose.
  heading({ tokens, depth }) {
    return `<h3 class="level-${Math.min(depth, 3)}">${this.parser.parseInline(tokens)}</h3>`;
  },
};

const pure: Config & { RETURN_DOM_FRAGMENT: true } = {
  USE_PROFILES: { html: true, mathMl: true },
  FORBID_TAGS: ['style', 'img', 'form', 'input', 'button', 'select', 'textarea', 'audio', 'video', 'picture'],
  FORBID_ATTR: ['style', 'id', 'name', 'target'],
  ALLOWED_URI_REGEXP: /^(?:https?:|mailto:)/i,
  RETURN_DOM_FRAGMENT: true,
};

let parser = new Marked({ gfm: true, breaks: true, renderer });
let maths: Promise<void> | undefined;

const withMaths = (draw: DrawFormula): void => {
  parser = new Marked({ gfm: true, breaks: true, renderer }, mathsExtension(draw));
};

/** Resolves at once where `text` needs nothing more than is loaded. Without the library formulas stay as they were written. */
export async function prepareFor(text: string): Promise<void> {
  if (!hasMaths(text)) return;
  maths ??= loadMaths().then(withMaths, () => {
    maths = undefined;
  });
  await maths;
}

/** Elements without scripts, styles, forms, images, or links to anything but the web and mail. */
export function renderMarkdown(text: string): Element[] {
  const fragment = DOMPurify.sanitize(parser.parse(text, { async: false }), pure);
  for (const link of fragment.querySelectorAll('a')) {
    link.target = '_blank';
    link.rel = 'noopener noreferrer nofollow';
  }
  for (const wide of fragment.querySelectorAll('pre, table')) frameWide(wide);
  return [...fragment.children];
}

/** What may be wider than the column scrolls by itself, by keyboard, too. */
function frameWide(element: Element): void {
  const frame = document.createElement('div');
  frame.className = element.tagName === 'PRE' ? 'wide code' : 'wide';
  element.replaceWith(frame);
  const scroller = document.createElement('div');
  scroller.className = 'scroller';
  scroller.tabIndex = 0;
  scroller.append(element);
  frame.append(scroller);
}
