import { expect, test } from 'vitest';
import { type ComparedPart, type ComparedTokens, compareEngines } from './compare.ts';
import { createCpuEngine } from './cpu/cpu-engine.ts';
import type { Engine } from './engine.ts';
import type { Head, Stage } from './stage.ts';
import { tinyModel } from './tiny-model.ts';

const { model, read } = tinyModel('gemma3');
const tokens = [5, 9, 2, 11, 7, 3];
const together = 4;

async function compare(subject: Pick<Engine, 'stage' | 'head'>) {
  const parts: ComparedPart[] = [];
  const results = compareEngines({
    reference: createCpuEngine(),
    subject,
    model,
    open: async () => read,
    tokens,
    together,
    signal: new AbortController().signal,
  });
  for (;;) {
    const { value, done } = await results.next();
    if (done) return { parts, told: value };
    parts.push(value);
  }
}

/** The exact engine, whose forwards and next tokens are given to `change`; `live` counts what it holds. */
function changed(change: {
  readonly rows?: (rows: Float32Array<ArrayBuffer>, layer: number, count: number) => void;
  readonly token?: (token: number) => number;
}) {
  const real = createCpuEngine();
  const live = { now: 0, most: 0 };
  const hold = <Part extends Stage | Head>(part: Part, more: Partial<Part>): Part => {
    live.most = Math.max(live.most, ++live.now);
    const dispose = () => {
      live.now -= 1;
      return part.dispose();
    };
    return new Proxy(part, {
      get: (_, name) => {
        const own = name === 'dispose' ? dispose : Reflect.get(more, name);
        const value = own ?? Reflect.get(part, name, part);
        return typeof value === 'function' ? value.bind(part) : value;
      },
    });
  };
  const engine: Pick<Engine, 'stage' | 'head'> = {
    async stage(...given) {
      const stage = await real.stage(...given);
      return hold(stage, {
        async forward(rows, hidden) {
          const result = await stage.forward(rows, hidden);
          change.rows?.(result, stage.layers.first, rows[0]!.count);
          return result;
        },
      } as Partial<Stage>);
    },
    async head(...given) {
      const head = await real.head(...given);
      return hold(head, {
        next: async (...row: Parameters<Head['next']>) => {
          const { token } = await head.next(...row);
          return { token: change.token?.(token) ?? token };
        },
      } as Partial<Head>);
    },
  };
  return { engine, live };
}

const isExact = ({ together, single }: ComparedPart) =>
  [together, single].every(({ relative, largest }) => relative === 0 && largest === 0);
const namesOf = (parts: readonly ComparedPart[]) => parts.map(({ part }) => part);

test('the exact engine is itself, and holds one layer at a time', async () => {
  const { engine, live } = changed({});
  const { parts, told } = await compare(engine);
  expect(namesOf(parts)).toEqual(['embedding', 0, 1, 2, 3, 'head']);
  expect(parts.every(isExact)).toBe(true);
  expect(told).toEqual<ComparedTokens>({ rows: tokens.length, agreed: tokens.length, wrong: 0 });
  expect(live).toEqual({ now: 0, most: 1 });
});

test('a fault in one layer is found in that layer alone, and in the rows that have it', async () => {
  const rows = (result: Float32Array, layer: number, count: number) => {
    if (layer === 2 && count === 1) result[7]! += 0.5;
  };
  const { parts } = await compare(changed({ rows }).engine);
  expect(namesOf(parts.filter(part => !isExact(part)))).toEqual([2]);
  const { together, single } = parts[3]!;
  expect([together.relative, single.largest]).toEqual([0, expect.closeTo(0.5, 5)]);
  expect(single.relative).toBeGreaterThan(0.01);
});

test('a value that is no number is not taken for a small one', async () => {
  const rows = (result: Float32Array, layer: number) => {
    if (layer === 1) result[0] = Number.NaN;
  };
  const { parts } = await compare(changed({ rows }).engine);
  expect(parts[2]!.together).toEqual({ relative: Number.NaN, largest: Number.NaN });
  expect(namesOf(parts.filter(part => !isExact(part)))).toEqual([1]);
});

test('a token that the logits do not give is wrong, though they are right', async () => {
  const token = (right: number) => (right + 1) % model.hyper.vocabulary;
  const { parts, told } = await compare(changed({ token }).engine);
  expect(parts.every(isExact)).toBe(true);
  expect(told).toEqual({ rows: tokens.length, agreed: 0, wrong: tokens.length });
});
