/** Blocks of an answer in the page: what stands already stays, with a selection or focus in it. */
export class Drawn {
  #shown: readonly string[] = [];

  /** Puts `blocks` into `into`, which nobody else adds blocks to. Those that were put there anew. */
  draw(into: Element, blocks: readonly Element[]): readonly Element[] {
    const next = blocks.map(block => block.outerHTML);
    // An element that is new holds nothing of what was shown.
    const held = Math.min(this.#shown.length, into.children.length);
    let same = 0;
    while (same < held && this.#shown[same] === next[same]) same++;
    while (into.children.length > same) into.lastElementChild!.remove();
    const added = blocks.slice(same);
    into.append(...added);
    this.#shown = next;
    return added;
  }
}
