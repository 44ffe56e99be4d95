/** What a model wrote, as elements in which numbers of sources are links to them, and in which no other link is left. */
import { renderMarkdown } from '../../app/markdown/render.ts';
import { splitCitations, withoutDefinitions } from '../../search/citations.ts';
import type { Passage } from '../../search/passage.ts';

export function renderCited(text: string, sources: readonly Passage[]): Element[] {
  const blocks = renderMarkdown(withoutDefinitions(text));
  for (const block of blocks) {
    unlink(block);
    const walker = document.createTreeWalker(block, NodeFilter.SHOW_TEXT);
    const texts: Text[] = [];
    while (walker.nextNode()) texts.push(walker.currentNode as Text);
    for (const each of texts) if (!each.parentElement?.closest('code, pre')) cite(each, sources);
  }
  return blocks;
}

/** A page may have told the model where to send people. What leads on are the sources, which the search found. */
function unlink(block: Element): void {
  const links = block.querySelectorAll('a');
  for (const link of links) link.replaceWith(...link.childNodes);
  block.normalize();
}

function cite(text: Text, sources: readonly Passage[]): void {
  const pieces = splitCitations(text.data, sources.length);
  if (pieces.length === 1 && pieces[0] === text.data) return;
  text.replaceWith(
    ...pieces.map(each => (typeof each === 'string' ? each : linkTo(each, sources[each - 1]!))),
  );
}

function linkTo(number: number, { url, heading, title }: Passage): Element {
  const link = document.createElement('a');
  link.href = url;
  link.target = '_blank';
  link.rel = 'noopener';
  link.className = 'citation';
  link.dataset['cites'] = String(number);
  link.textContent = `[${number}]`;
  link.ariaLabel = `[${number}] ${heading || title || url}`;
  return link;
}
