import { tokenKinds, type Vocabulary } from './vocabulary.ts';

/**
 * Cuts a text at the special tokens that stand in it: user-defined ones always, control tokens only when asked, as
 * llama.cpp does (tokenizer_st_partition). Of two that begin at one place the longer wins.
 */
export function* splitSpecial(
  vocabulary: Vocabulary,
  text: string,
  control: boolean,
): Generator<string | number> {
  const root = trieOf(vocabulary, control);
  let start = 0;
  for (let at = 0; at < text.length; ) {
    const token = longest(root, text, at);
    if (token === undefined) at++;
    else {
      if (at > start) yield text.slice(start, at);
      yield token;
      at += vocabulary.tokens[token]!.length;
      start = at;
    }
  }
  if (start < text.length) yield text.slice(start);
}

interface Node {
  token?: number;
  readonly next: Map<number, Node>;
}

const tries = new WeakMap<Vocabulary, { plain?: Node; control?: Node }>();

function trieOf(vocabulary: Vocabulary, control: boolean): Node {
  let both = tries.get(vocabulary);
  if (both === undefined) tries.set(vocabulary, (both = {}));
  return (both[control ? 'control' : 'plain'] ??= build(vocabulary, control));
}

function build({ tokens, kinds }: Vocabulary, control: boolean): Node {
  const root: Node = { next: new Map() };
  kinds.forEach((kind, token) => {
    const wanted =
      kind === tokenKinds.user || (control && (kind === tokenKinds.control || kind === tokenKinds.unknown));
    if (!wanted || tokens[token] === '') return;
    let node = root;
    for (let at = 0; at < tokens[token]!.length; at++) {
      const unit = tokens[token]!.charCodeAt(at);
      let next = node.next.get(unit);
      if (next === undefined) node.next.set(unit, (next = { next: new Map() }));
      node = next;
    }
    node.token = token;
  });
  return root;
}

function longest(root: Node, text: string, at: number): number | undefined {
  let found: number | undefined;
  let node = root.next.get(text.charCodeAt(at));
  while (node !== undefined) {
    found = node.token ?? found;
    node = node.next.get(text.charCodeAt(++at));
  }
  return found;
}
