/** Steps of a layer with attention. `words` are a step's arguments. */
import { attend, PAGE } from './attention';
import { number, PAGES, PAGES_PER_LAYER, POSITION, ROW, ROW_TABLE, ROWS, word } from './batch';
import { add, normalize, rotate, sigmoidMultiply } from './rows';
import { takePiece } from './team';

/**
 * Bias, norm and rotation of queries and keys; keys and values go to the cache. 0 layer, 1 epsilon, 2 to 4 queries, keys, values, 5 to 7
 * their biases (or 0), 8 and 9 norms of queries and keys (or 0), 10 heads, 11 key heads, 12 key size, 13 value size, 14 turns of
 * each row, 15 pairs, 16 whether pairs are neighbours, 17 whether each query is followed by its gate.
 */
export function headStep(program: usize, words: usize): void {
  const heads = <i32>word(words, 10);
  const kvHeads = <i32>word(words, 11);
  const rows = load<i32>(program, ROWS);
  // The heads that share a key head are one piece.
  const pieces = rows * kvHeads;
  const group = heads / kvHeads;
  for (let piece = takePiece(); piece < pieces; piece = takePiece()) {
    const row = piece / kvHeads;
    const kvHead = piece % kvHeads;
    for (let i = 0; i < group; i++) prepare(words, 2, row, kvHead * group + i, heads, word(words, 17));
    prepare(words, 3, row, kvHead, kvHeads, 0);
    writeCache(program, words, row, kvHead, kvHeads);
  }
}

/** `which` is 2 for queries, 3 for keys. */
function prepare(words: usize, which: usize, row: i32, head: i32, heads: i32, gated: usize): void {
  const size = <i32>word(words, 12);
  const bytes = <usize>size * 4;
  const at = word(words, which) + ((<usize>(row * heads + head) * bytes) << gated);
  const bias = word(words, which + 3);
  const norm = word(words, which + 6);
  const pairs = <i32>word(words, 15);
  if (bias) add(at, bias + <usize>head * bytes, size);
  if (norm) normalize(at, norm, size, number(words, 1), at);
  rotate(at, word(words, 14) + <usize>(row * pairs) * 8, pairs, word(words, 16) != 0);
}

function writeCache(program: usize, words: usize, row: i32, kvHead: i32, kvHeads: i32): void {
  const keyBytes = word(words, 12) * 4;
  const valueBytes = word(words, 13) * 4;
  const key = word(words, 3) + <usize>(row * kvHeads + kvHead) * keyBytes;
  const value = word(words, 4) + <usize>(row * kvHeads + kvHead) * valueBytes;
  const bias = word(words, 7);
  if (bias) add(value, bias + <usize>kvHead * valueBytes, <i32>word(words, 13));
  const place = load<usize>(program, ROW_TABLE) + <usize>row * ROW;
  const position = load<i32>(place, POSITION);
  const page = load<usize>(pagesOf(place, word(words, 0)) + <usize>(position / PAGE) * 4);
  const slot = <usize>(kvHead * PAGE + (position & (PAGE - 1)));
  memory.copy(page + slot * keyBytes, key, keyBytes);
  memory.copy(page + <usize>(kvHeads * PAGE) * keyBytes + slot * valueBytes, value, valueBytes);
}

// @ts-ignore: decorator
@inline
function pagesOf(place: usize, layer: usize): usize {
  return load<usize>(place, PAGES) + layer * load<usize>(place, PAGES_PER_LAYER) * 4;
}

/**
 * 0 layer, 1 scale, 2 queries, 3 where it goes, 4 heads, 5 key heads, 6 key size, 7 value size, 8 window (or 0: all), 9 whether each query
 * is followed by its gate.
 */
export function attendStep(program: usize, words: usize, scratch: usize): void {
  const heads = <i32>word(words, 4);
  const kvHeads = <i32>word(words, 5);
  const keySize = <i32>word(words, 6);
  const valueSize = <i32>word(words, 7);
  const window = <i32>word(words, 8);
  const pieces = load<i32>(program, ROWS) * heads;
  const allKeys = <usize>(kvHeads * PAGE * keySize) * 4;
  for (let piece = takePiece(); piece < pieces; piece = takePiece()) {
    const row = piece / heads;
    const kvHead = ((piece % heads) * kvHeads) / heads;
    const place = load<usize>(program, ROW_TABLE) + <usize>row * ROW;
    const position = load<i32>(place, POSITION);
    const query = word(words, 2) + ((<usize>(piece * keySize) * 4) << word(words, 9));
    const out = word(words, 3) + <usize>(piece * valueSize) * 4;
    attend(
      query,
      pagesOf(place, word(words, 0)),
      <usize>(kvHead * PAGE * keySize) * 4,
      allKeys + <usize>(kvHead * PAGE * valueSize) * 4,
      keySize,
      valueSize,
      number(words, 1),
      window ? max(0, position - window + 1) : 0,
      position,
      scratch,
      out,
    );
    if (word(words, 9)) sigmoidMultiply(out, query + <usize>keySize * 4, valueSize);
  }
}
