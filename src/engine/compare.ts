/** How far an engine is from the exact one, part by part of a model. */
import type { SessionId } from '../base/brand.ts';
import type { LayerRange, Model, TensorReader } from '../model/model.ts';
import type { SlicePart } from '../model/slice.ts';
import type { Engine } from './engine.ts';
import { greedy, type Head, type Rows } from './stage.ts';

export interface Difference {
  /** |actual - expected| / |expected|, as Euclidean norms; of a layer, against what it adds to its input. */
  readonly relative: number;
  /** Of one value. */
  readonly largest: number;
}

/** Kernels for several rows and for one row are not the same ones, so each part is told twice. */
export interface ComparedPart {
  readonly part: number | 'embedding' | 'head';
  readonly together: Difference;
  readonly single: Difference;
}

export interface ComparedTokens {
  readonly rows: number;
  /** Where both engines name the same next token. */
  readonly agreed: number;
  /** Where they do not, although the logits lie further apart than the errors found in them. */
  readonly wrong: number;
}

export interface Comparison {
  readonly reference: Pick<Engine, 'stage' | 'head'>;
  readonly subject: Pick<Engine, 'stage' | 'head'>;
  readonly model: Model;
  /** A reader of one part; asked anew for each, so that nothing of the others need be kept. */
  readonly open: (part: SlicePart) => Promise<TensorReader>;
  /** The first `together` go as one prefill, each of the others by itself. */
  readonly tokens: readonly number[];
  readonly together: number;
  readonly signal: AbortSignal;
}

const session = 'compare' as SessionId;

/**
 * Each part gets the reference's own result of the part before, so that errors do not add up and one that is wrong is named.
 * One layer is in memory at a time, in one engine. Yields the parts in order and returns the tokens. Throws what the engines
 * and the readers throw.
 */
export async function* compareEngines(
  comparison: Comparison,
): AsyncGenerator<ComparedPart, ComparedTokens, void> {
  const { model, tokens, together } = comparison;
  const { width, layers } = model.hyper;
  const split = together * width;

  const [embedded, embeddedToo] = await withHeads(comparison, async head => {
    const rows = [await head.embed(tokens.slice(0, together))];
    for (const token of tokens.slice(together)) rows.push(await head.embed([token]));
    return joined(rows);
  });
  yield { part: 'embedding', ...differences(embedded, embeddedToo, split) };

  let hidden = embedded;
  for (let layer = 0; layer < layers; layer++) {
    const range = { first: layer, last: layer + 1 };
    const read = await comparison.open({ layers: range });
    const expected = await throughLayers(comparison.reference, comparison, range, read, hidden);
    const actual = await throughLayers(comparison.subject, comparison, range, read, hidden);
    yield { part: layer, ...differences(expected, actual, split, hidden) };
    hidden = expected;
  }

  const ends = hidden;
  const [expected, actual] = await withHeads(comparison, head => headResults(head, ends, width, split));
  const { vocabulary } = model.hyper;
  yield { part: 'head', ...differences(expected.logits, actual.logits, together * vocabulary) };
  return compareTokens(expected, actual, vocabulary);
}

/** What `work` makes of each engine's head, the reference's first. */
async function withHeads<T>(
  { reference, subject, model, open, signal }: Comparison,
  work: (head: Head) => Promise<T>,
): Promise<[T, T]> {
  const read = await open('head');
  const results: T[] = [];
  for (const engine of [reference, subject]) {
    const head = await engine.head(model, read, signal);
    try {
      results.push(await work(head));
    } finally {
      await head.dispose();
    }
  }
  return results as [T, T];
}

/** rows x width in, and out. */
async function throughLayers(
  engine: Pick<Engine, 'stage'>,
  { model, tokens, together, signal }: Comparison,
  range: LayerRange,
  read: TensorReader,
  hidden: Float32Array,
): Promise<Float32Array<ArrayBuffer>> {
  const { width } = model.hyper;
  const stage = await engine.stage(model, range, read, signal);
  try {
    await stage.open(session, tokens.length);
    const run = ({ position, count }: Omit<Rows, 'session'>) =>
      stage.forward(
        [{ session, position, count }],
        hidden.slice(position * width, (position + count) * width),
      );
    const results = [await run({ position: 0, count: together })];
    for (let position = together; position < tokens.length; position++) {
      signal.throwIfAborted();
      results.push(await run({ position, count: 1 }));
    }
    return joined(results);
  } finally {
    await stage.dispose();
  }
}

interface HeadResults {
  /** rows x vocabulary. */
  readonly logits: Float32Array;
  readonly next: readonly number[];
}

async function headResults(
  head: Head,
  hidden: Float32Array,
  width: number,
  split: number,
): Promise<HeadResults> {
  const logits = [await head.logits(hidden.slice(0, split))];
  const next: number[] = [];
  for (let at = 0; at < hidden.length; at += width) {
    const row = hidden.slice(at, at + width);
    if (at >= split) logits.push(await head.logits(row.slice()));
    next.push((await head.next(row, greedy, at / width)).token);
  }
  return { logits: joined(logits), next };
}

function compareTokens(expected: HeadResults, actual: HeadResults, vocabulary: number): ComparedTokens {
  const rows = expected.next.length;
  let agreed = 0;
  let wrong = 0;
  expected.next.forEach((token, row) => {
    const other = actual.next[row]!;
    if (other === token) {
      agreed += 1;
      return;
    }
    const [from, to] = [row * vocabulary, (row + 1) * vocabulary];
    const exact = expected.logits.subarray(from, to);
    const { largest } = difference(exact, actual.logits.subarray(from, to));
    // Either logit may be off by as much.
    if (!(exact[token]! - exact[other]! <= 2 * largest)) wrong += 1;
  });
  return { rows, agreed, wrong };
}

/** Of the values before `split`, and of those from there on. */
function differences(
  expected: Float32Array,
  actual: Float32Array,
  split: number,
  input?: Float32Array,
): Omit<ComparedPart, 'part'> {
  const between = (from: number, to: number) =>
    difference(expected.subarray(from, to), actual.subarray(from, to), input?.subarray(from, to));
  return { together: between(0, split), single: between(split, expected.length) };
}

function difference(expected: Float32Array, actual: Float32Array, input?: Float32Array): Difference {
  let error = 0;
  let size = 0;
  let largest = 0;
  for (let i = 0; i < expected.length; i++) {
    const off = actual[i]! - expected[i]!;
    const added = expected[i]! - (input?.[i] ?? 0);
    error += off * off;
    size += added * added;
    largest = Math.max(largest, Math.abs(off));
  }
  return { relative: error === 0 ? 0 : Math.sqrt(error / size), largest };
}

function joined(parts: readonly Float32Array[]): Float32Array<ArrayBuffer> {
  const all = new Float32Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}
