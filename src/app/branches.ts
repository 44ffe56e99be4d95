/** A conversation is a tree: an edited question and an answer that was asked for again stand beside the one before. */

export interface Node {
  readonly id: string;
  readonly parent?: string | undefined;
}

/** From the beginning to `leaf`. */
export function pathTo<T extends Node>(nodes: readonly T[], leaf: string | undefined): T[] {
  const byId = new Map(nodes.map(node => [node.id, node]));
  const path: T[] = [];
  for (let at = leaf; at !== undefined; ) {
    const node = byId.get(at);
    if (!node) break;
    path.unshift(node);
    at = node.parent;
  }
  return path;
}

/** Those that follow the same exchange, the node itself among them, in the order in which they were made. */
export const siblings = <T extends Node>(nodes: readonly T[], node: Node): T[] =>
  nodes.filter(({ parent }) => parent === node.parent);

/** Where the branch that begins with `node` ends, along the latest of each. */
export function leafBelow(nodes: readonly Node[], node: Node): string {
  let leaf = node.id;
  for (;;) {
    const next = nodes.findLast(({ parent }) => parent === leaf);
    if (!next) return leaf;
    leaf = next.id;
  }
}
