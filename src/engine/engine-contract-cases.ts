/**
 * What every engine promises (engine.ts, stage.ts), as plain functions: they run under vitest, in a browser and in
 * a bare script alike. Each case makes its own engine and closes it.
 */
import { must } from '../base/assert.ts';
import type { SessionId } from '../base/brand.ts';
import { formatBytes } from '../base/bytes.ts';
import { type ErrorKind, TabmeshError } from '../base/error.ts';
import {
  draftsMax,
  likeliestMax,
  rewindRowsMax,
  rowsPerForwardMax,
  sessionsPerStageMax,
  slidingRewindMax,
} from '../base/limits.ts';
import { seededRandom } from '../base/random.ts';
import { cacheBytes } from '../model/cache-bytes.ts';
import type { TensorReader } from '../model/model.ts';
import { layerBytes } from '../model/slice.ts';
import { headScratchBytes, stageScratchBytes } from './device-memory.ts';
import type { Engine } from './engine.ts';
import { greedy, type Rows, type Sampling, type Stage } from './stage.ts';
import { allArchitectures, type TinyArchitecture, type TinyModel, tinyModel } from './tiny-model.ts';

export interface Case {
  readonly name: string;
  run(): Promise<void>;
}

/**
 * `create` makes an engine that may hold so many bytes. `tolerance` is the largest difference between two ways to one
 * number; 0 asks for the same bits.
 */
export function engineContractCases(
  create: (memoryBytes?: number) => Promise<Engine> | Engine,
  tolerance: number,
): Case[] {
  const check = (name: string, body: (engine: Engine) => Promise<void>): Case => ({
    name,
    async run() {
      const engine = await create();
      try {
        await body(engine);
      } finally {
        await engine.close();
      }
    },
  });
  const forEach = (
    architectures: readonly TinyArchitecture[],
    name: string,
    body: (engine: Engine, tiny: TinyModel) => Promise<void>,
  ): Case[] =>
    architectures.map(architecture =>
      check(`${architecture}: ${name}`, engine => body(engine, tinyModel(architecture))),
    );
  const near = (actual: Float32Array, expected: Float32Array, what: string) =>
    equalWithin(actual, expected, tolerance, what);

  return [
    ...forEach(allArchitectures, 'stages in a chain give what one stage gives', async (engine, tiny) => {
      const whole = await openStage(engine, tiny, 0, 4, a);
      const first = await openStage(engine, tiny, 0, 1, a);
      const middle = await openStage(engine, tiny, 1, 3, a);
      const last = await openStage(engine, tiny, 3, 4, a);
      for (const rows of [rowsOf(a, 0, 7), rowsOf(a, 7, 1), rowsOf(a, 8, 3)]) {
        const hidden = noise(rows.count, rows.position);
        const expected = await whole.forward([rows], hidden.slice());
        let actual = await first.forward([rows], hidden);
        actual = await middle.forward([rows], actual);
        near(await last.forward([rows], actual), expected, `rows at ${rows.position}`);
      }
    }),

    ...forEach(
      ['gemma3', 'qwen3moe', 'qwen35'],
      'rows one by one give what rows at once give',
      async (engine, tiny) => {
        const stage = await openStage(engine, tiny, 0, 4, a, b);
        const hidden = noise(9);
        const expected = await stage.forward([rowsOf(a, 0, 9)], hidden.slice());
        for (let position = 0; position < 9; position++) {
          const row = hidden.slice(position * width, (position + 1) * width);
          const actual = await stage.forward([rowsOf(b, position, 1)], row);
          near(actual, expected.subarray(position * width, (position + 1) * width), `row ${position}`);
        }
      },
    ),

    ...forEach(
      ['qwen3', 'qwen3moe', 'qwen35'],
      'sessions that share a pass get what they would get alone',
      async (engine, tiny) => {
        const shared = await openStage(engine, tiny, 0, 4, a, b, c);
        const alone = await openStage(engine, tiny, 0, 4, a, b, c);
        const turns: Rows[][] = [
          [rowsOf(a, 0, 5), rowsOf(b, 0, 2), rowsOf(c, 0, 1)],
          [rowsOf(c, 1, 1), rowsOf(a, 5, 1)],
          [rowsOf(b, 2, 4), rowsOf(c, 2, 1), rowsOf(a, 6, 2)],
        ];
        for (const [turn, entries] of turns.entries()) {
          const hidden = noise(
            entries.reduce((sum, { count }) => sum + count, 0),
            turn,
          );
          const together = await shared.forward(entries, hidden.slice());
          let from = 0;
          for (const rows of entries) {
            const to = from + rows.count * width;
            const single = await alone.forward([rows], hidden.slice(from, to));
            near(together.subarray(from, to), single, `session ${rows.session} in turn ${turn}`);
            from = to;
          }
        }
      },
    ),

    ...forEach(
      ['qwen3', 'qwen35'],
      'rows of a session that come apart in one pass are what they are together',
      async (engine, tiny) => {
        const stage = await openStage(engine, tiny, 0, 4, a, b, c);
        const hidden = noise(8);
        const entries = [rowsOf(a, 0, 3), rowsOf(b, 0, 1), rowsOf(a, 3, 2), rowsOf(a, 5, 2)];
        const apart = await stage.forward(entries, hidden.slice());
        const other = hidden.slice(3 * width, 4 * width);
        const own = Float32Array.of(...hidden.subarray(0, 3 * width), ...hidden.subarray(4 * width));
        const expected = await stage.forward([rowsOf(c, 0, 7)], own);
        near(apart.subarray(0, 3 * width), expected.subarray(0, 3 * width), 'the rows in front');
        near(apart.subarray(4 * width), expected.subarray(3 * width), 'the rows behind');
        const alone = await openStage(engine, tiny, 0, 4, b);
        near(apart.subarray(3 * width, 4 * width), await alone.forward([rowsOf(b, 0, 1)], other), 'between');
      },
    ),

    ...forEach(
      ['qwen3', 'qwen3moe', 'qwen35'],
      'a rewound session goes on as if the rows had never come',
      async (engine, tiny) => {
        const stage = await openStage(engine, tiny, 0, 4, a, b);
        const start = noise(6, 1);
        const after = noise(3, 2);
        for (const session of [a, b]) await stage.forward([rowsOf(session, 0, 6)], start.slice());
        await stage.forward([rowsOf(a, 6, 4)], noise(4, 3));
        await stage.rewind(a, 6);
        const actual = await stage.forward([rowsOf(a, 6, 3)], after.slice());
        near(actual, await stage.forward([rowsOf(b, 6, 3)], after.slice()), 'after the rewind');
        await stage.rewind(a, 0);
        near(
          await stage.forward([rowsOf(a, 0, 6)], start.slice()),
          await freshAnswer(engine, tiny, start),
          'from the beginning',
        );
      },
    ),

    ...forEach(
      ['qwen3', 'qwen35'],
      'rows that were taken on trial go back, however often',
      async (engine, tiny) => {
        const trial = await openStage(engine, tiny, 0, 4);
        const calm = await openStage(engine, tiny, 0, 4);
        for (const stage of [trial, calm]) await stage.open(a, 64);
        let length = 0;
        // Each turn keeps a few of the rows that it tried, from none to all.
        for (const [tried, kept] of [
          [11, 11],
          [8, 1],
          [8, 0],
          [8, 3],
          [1, 1],
          [8, 7],
          [8, 8],
          [3, 0],
          [8, 1],
        ] as const) {
          const rows = noise(tried, length);
          await trial.forward([rowsOf(a, length, tried)], rows.slice());
          await trial.rewind(a, length + kept);
          if (kept > 0) await calm.forward([rowsOf(a, length, kept)], rows.slice(0, kept * width));
          length += kept;
        }
        const after = noise(2, 99);
        const expected = await calm.forward([rowsOf(a, length, 2)], after.slice());
        near(await trial.forward([rowsOf(a, length, 2)], after), expected, 'after all turns');
      },
    ),

    ...forEach(
      ['gemma3'],
      'a session goes back from anywhere, so far as its layers must',
      async (engine, tiny) => {
        const stage = await openStage(engine, tiny, 0, 4);
        for (const session of [a, b]) await stage.open(session, 512);
        const start = noise(330);
        await stage.forward([rowsOf(a, 0, 330)], start.slice());
        const length = 330 - slidingRewindMax;
        await stage.forward([rowsOf(b, 0, length)], start.slice(0, length * width));
        await stage.rewind(a, length);
        const next = noise(3, 5);
        const expected = await stage.forward([rowsOf(b, length, 3)], next.slice());
        near(await stage.forward([rowsOf(a, length, 3)], next), expected, 'after the rewind');
      },
    ),

    ...forEach(
      ['qwen35'],
      'a recurrent session that cannot go back so far says so and stays as it is',
      async (engine, tiny) => {
        const stage = await openStage(engine, tiny, 0, 4);
        for (const session of [a, b]) await stage.open(session, 64);
        const start = noise(30);
        for (const session of [a, b]) await stage.forward([rowsOf(session, 0, 30)], start.slice());
        await refused('unsupported', stage.rewind(a, 30 - 2 * rewindRowsMax - 1));
        const next = noise(1, 4);
        const expected = await stage.forward([rowsOf(b, 30, 1)], next.slice());
        near(await stage.forward([rowsOf(a, 30, 1)], next), expected, 'the row after');
        await stage.rewind(a, 0);
        const again = await stage.forward([rowsOf(a, 0, 6)], start.slice(0, 6 * width));
        near(again, await freshAnswer(engine, tiny, start.slice(0, 6 * width)), 'from the beginning');
      },
    ),

    check('a closed session leaves nothing for the next of that name', async engine => {
      const stage = await openStage(engine, tinyModel('qwen3'), 0, 4, a);
      const hidden = noise(4);
      const expected = await stage.forward([rowsOf(a, 0, 4)], hidden.slice());
      await stage.close(a);
      await refused('not-found', stage.forward([rowsOf(a, 4, 1)], noise(1)));
      await stage.close(a);
      await stage.open(a, 16);
      near(await stage.forward([rowsOf(a, 0, 4)], hidden), expected, 'the second time');
    }),

    check('calls that overlap run in the order they were made', async engine => {
      const tiny = tinyModel('llama');
      const stage = await openStage(engine, tiny, 0, 4);
      const calm = await openStage(engine, tiny, 0, 4, a);
      const hidden = Array.from({ length: 6 }, (_, index) => noise(1, index));
      const hurried = await Promise.all([
        stage.open(a, 16),
        ...hidden.map((row, position) => stage.forward([rowsOf(a, position, 1)], row.slice())),
        stage.rewind(a, 5),
        stage.forward([rowsOf(a, 5, 1)], hidden[5]!.slice()),
      ]);
      for (const [position, row] of hidden.entries()) {
        const expected = await calm.forward([rowsOf(a, position, 1)], row.slice());
        near(hurried[position + 1] as Float32Array, expected, `row ${position}`);
        if (position === 5) near(hurried.at(-1) as Float32Array, expected, 'the rewound row');
      }
    }),

    check('a session keeps to its capacity, and a refused row changes nothing', async engine => {
      const stage = await openStage(engine, tinyModel('qwen3'), 0, 4, b);
      await stage.open(a, 3);
      const start = noise(3);
      await stage.forward([rowsOf(a, 0, 2)], start.slice(0, 2 * width));
      await refused('full', stage.forward([rowsOf(a, 2, 2)], noise(2)));
      await refused('full', stage.forward([rowsOf(b, 0, 1), rowsOf(a, 2, 2)], noise(3)));
      const last = await stage.forward([rowsOf(a, 2, 1)], start.slice(2 * width));
      const expected = await stage.forward([rowsOf(b, 0, 3)], start);
      near(last, expected.subarray(2 * width), 'the last row');
      await refused('full', stage.forward([rowsOf(a, 3, 1)], noise(1)));
    }),

    check('only so many sessions are served at once', async engine => {
      const stage = await openStage(engine, tinyModel('qwen3'), 1, 2);
      for (let i = 0; i < sessionsPerStageMax; i++) await stage.open(`s${i}` as SessionId, 4);
      await refused('full', stage.open(a, 4));
      await stage.close('s0' as SessionId);
      await stage.open(a, 4);
    }),

    check('garbage is refused by name and harms no session', async engine => {
      const stage = await openStage(engine, tinyModel('qwen3'), 0, 4, a, b);
      const start = noise(2);
      await stage.forward([rowsOf(a, 0, 2)], start.slice());
      await refused('not-found', stage.forward([rowsOf(c, 0, 1)], noise(1)));
      await refused('not-found', stage.rewind(c, 0));
      await refused('invalid', stage.forward([rowsOf(a, 1, 1)], noise(1)));
      await refused('invalid', stage.forward([rowsOf(a, 3, 1)], noise(1)));
      await refused('invalid', stage.forward([rowsOf(a, 2, 0)], noise(0)));
      await refused('invalid', stage.forward([rowsOf(a, 2, 1.5)], noise(1)));
      await refused('invalid', stage.forward([rowsOf(a, Number.NaN, 1)], noise(1)));
      await refused('invalid', stage.forward([rowsOf(a, 2, 2)], noise(1)));
      await refused('invalid', stage.forward([rowsOf(a, 2, 1)], new Float32Array(width - 1)));
      for (const wrong of [Number.NaN, Infinity, -Infinity]) {
        await refused('invalid', stage.forward([rowsOf(a, 2, 1)], noise(1).fill(wrong, 9, 10)));
      }
      const many = rowsPerForwardMax + 1;
      await stage.open(c, many);
      await refused('invalid', stage.forward([rowsOf(c, 0, many)], noise(many)));
      for (const length of [-1, 3, 0.5, Number.NaN]) await refused('invalid', stage.rewind(a, length));
      for (const capacity of [0, -1, 2.5, Infinity, Number.NaN]) {
        await refused('invalid', stage.open('d' as SessionId, capacity));
      }
      await refused('invalid', stage.open(a, 16));
      await stage.forward([rowsOf(b, 0, 2)], start);
      const next = noise(1, 7);
      const actual = await stage.forward([rowsOf(a, 2, 1)], next.slice());
      near(actual, await stage.forward([rowsOf(b, 2, 1)], next), 'the session after it all');
    }),

    check('layers that a live stage holds are not loaded again', async engine => {
      const tiny = counted(tinyModel('llama'));
      const first = await engine.stage(tiny.model, { first: 0, last: 3 }, tiny.read);
      const reads = tiny.reads.length;
      const second = await engine.stage(tiny.model, { first: 1, last: 3 }, tiny.read);
      same(tiny.reads.length, reads, 'tensors read for layers that are there');
      await first.dispose();
      await first.dispose();
      await second.open(a, 8);
      await second.forward([rowsOf(a, 0, 1)], noise(1));
      const third = await engine.stage(tiny.model, { first: 0, last: 2 }, tiny.read);
      const again = tiny.reads.slice(reads);
      same(again.length > 0 && again.every(name => name.startsWith('blk.0.')), true, 'only layer 0 was gone');
      await third.dispose();
      await second.dispose();
      const before = tiny.reads.length;
      await engine.stage(tiny.model, { first: 1, last: 2 }, tiny.read);
      same(tiny.reads.length > before, true, 'layers go with the last stage that has them');
    }),

    check('two loads of one layer at once are one load', async engine => {
      const tiny = counted(tinyModel('qwen2'));
      const range = { first: 0, last: 2 };
      const stages = await Promise.all([
        engine.stage(tiny.model, range, tiny.read),
        engine.stage(tiny.model, range, tiny.read),
      ]);
      same(new Set(tiny.reads).size, tiny.reads.length, 'tensors read once');
      await stages[0].dispose();
      await stages[1].open(a, 4);
      await stages[1].forward([rowsOf(a, 0, 2)], noise(2));
    }),

    check('a disposed stage or head answers no more', async engine => {
      const stage = await openStage(engine, tinyModel('qwen3'), 0, 2, a);
      await stage.dispose();
      await refused('not-found', stage.forward([rowsOf(a, 0, 1)], noise(1)));
      await refused('not-found', stage.forward([], noise(0)));
      await refused('not-found', stage.open(b, 4));
      const { model, read } = tinyModel('qwen3');
      const head = await engine.head(model, read);
      await head.dispose();
      await head.dispose();
      await refused('not-found', head.embed([1]));
      await refused('not-found', head.logits(noise(1)));
      await refused('not-found', head.next(noise(1), greedy, 0));
    }),

    check('a load that is aborted or fails leaves nothing behind', async engine => {
      const range = { first: 0, last: 2 };
      for (const how of ['abort', 'error', 'short'] as const) {
        const tiny = counted(tinyModel('qwen3'));
        const abort = new AbortController();
        let left = 12;
        const failing: TensorReader = async (...call) => {
          if (left-- > 0) return tiny.read(...call);
          if (how === 'short') return (await tiny.read(...call)).slice(1);
          if (how === 'error') throw new TabmeshError('unavailable', 'model', 'the source is gone');
          abort.abort();
          return tiny.read(...call);
        };
        const kind = { abort: 'cancelled', error: 'unavailable', short: 'corrupt' } as const;
        await refused(kind[how], engine.stage(tiny.model, range, failing, abort.signal));
        const before = tiny.reads.length;
        const stage = await engine.stage(tiny.model, range, tiny.read);
        const again = new Set(tiny.reads.slice(before));
        same(again.size, tensorsOf(tiny, range.first, range.last), `tensors read after ${how}`);
        await stage.dispose();
      }
      await refused(
        'cancelled',
        engine.head(tinyModel('qwen3').model, tinyModel('qwen3').read, AbortSignal.abort()),
      );
    }),

    check('a load that waits for another survives the abort of that other', async engine => {
      const tiny = tinyModel('qwen3');
      const range = { first: 0, last: 1 };
      const abort = new AbortController();
      const stuck: TensorReader = (_name, _range, signal) =>
        new Promise((_resolve, reject) => {
          signal?.addEventListener('abort', () => reject(signal.reason), { once: true });
        });
      const lost = refused('cancelled', engine.stage(tiny.model, range, stuck, abort.signal));
      const kept = engine.stage(tiny.model, range, tiny.read);
      abort.abort();
      await lost;
      await (await kept).open(a, 4);
    }),

    check('a load that waits for another can be aborted', async engine => {
      const tiny = tinyModel('qwen3');
      const abort = new AbortController();
      const release = new AbortController();
      const slow: TensorReader = (...call) =>
        new Promise((resolve, reject) => {
          release.signal.addEventListener('abort', () => tiny.read(...call).then(resolve, reject));
          if (release.signal.aborted) tiny.read(...call).then(resolve, reject);
        });
      const kept = engine.stage(tiny.model, { first: 0, last: 1 }, slow);
      const waits = refused('cancelled', engine.stage(tiny.model, { first: 0, last: 1 }, slow, abort.signal));
      abort.abort();
      await waits;
      release.abort();
      await (await kept).open(a, 4);
    }),

    ...allArchitectures.map(architecture =>
      check(`${architecture}: memory is counted as plans reserve it, and comes back`, async engine => {
        const { model, read } = tinyModel(architecture);
        const tensors = [...model.tensors.values()];
        const fileBytes = tensors.reduce((sum, { bytes }) => sum + bytes, 0);
        const stage = await openStage(engine, { model, read }, 0, 4, a);
        const head = await engine.head(model, read);
        const loaded = await engine.memory();
        // What is small is padded, and a GPU gets vectors with the stage that applies them.
        within(loaded.weights, 0.8 * fileBytes, 1.05 * fileBytes + 128 * tensors.length, 'weights');
        const scratch = stageScratchBytes(model.hyper) + headScratchBytes(model.hyper);
        within(loaded.scratch, 0, scratch, 'working memory');
        await stage.forward([rowsOf(a, 0, 10)], noise(10));
        const { caches } = await engine.memory();
        const positions = 64;
        const layers = Array.from({ length: 4 }, (_, layer) => cacheBytes(model.hyper, layer, positions));
        const planned = layers.reduce((sum, bytes) => sum + bytes, 0);
        within(caches, planned / 16, planned + 1024, 'caches');
        await stage.close(a);
        await stage.dispose();
        await head.dispose();
        const left = await engine.memory();
        same(left.weights + left.caches, 0, 'bytes left');
      }),
    ),

    {
      name: 'what does not fit is refused before anything is read, with the numbers',
      async run() {
        const tiny = counted(tinyModel('qwen3'));
        const { model } = tiny;
        const one = layerBytes(model, 0) * 1.5 + stageScratchBytes(model.hyper);
        const engine = await create(one);
        try {
          same((await engine.memory()).limit, one, 'the limit');
          const error = await refused('full', engine.stage(model, { first: 0, last: 4 }, tiny.read));
          same(/layers 0 to 3 .*: \S+ \S+ are needed, and/.test(error.reason), true, error.reason);
          same(error.reason.includes(formatBytes(one)), true, error.reason);
          same(tiny.reads.length, 0, 'tensors read');
          const stage = await engine.stage(model, { first: 1, last: 2 }, tiny.read);
          await stage.dispose();
          await engine.stage(model, { first: 3, last: 4 }, tiny.read);
        } finally {
          await engine.close();
        }
      },
    },

    check('a closed engine loads and answers no more', async engine => {
      const { model, read } = tinyModel('qwen3');
      const stage = await openStage(engine, { model, read }, 0, 1, a);
      await engine.close();
      await engine.close();
      await refused('cancelled', engine.stage(model, { first: 0, last: 1 }, read));
      await refused('cancelled', engine.head(model, read));
      await stage.forward([rowsOf(a, 0, 1)], noise(1)).then(
        () => {
          throw new Error('a stage of a closed engine gave an answer');
        },
        () => undefined,
      );
    }),

    check('a range or a model that does not fit is refused', async engine => {
      const { model, read } = tinyModel('qwen3');
      for (const [first, last] of [
        [-1, 2],
        [0, 5],
        [2, 2],
        [3, 1],
        [0.5, 2],
        [0, Number.NaN],
      ] as const) {
        await refused('invalid', engine.stage(model, { first, last }, read));
      }
      const name = 'blk.1.ffn_up.weight';
      const without = new Map(model.tensors);
      without.delete(name);
      await refused('corrupt', engine.stage({ ...model, tensors: without }, { first: 0, last: 2 }, read));
      const misshapen = new Map(model.tensors).set(name, { ...model.tensors.get(name)!, shape: [64, 64] });
      await refused('corrupt', engine.stage({ ...model, tensors: misshapen }, { first: 0, last: 2 }, read));
      const extra = new Map(model.tensors);
      extra.set('blk.1.ffn_gate_inp.weight', {
        ...model.tensors.get(name)!,
        name: 'blk.1.ffn_gate_inp.weight',
      });
      await refused('unsupported', engine.stage({ ...model, tensors: extra }, { first: 0, last: 2 }, read));
    }),

    check('the head embeds, gives logits and samples', async engine => {
      for (const architecture of ['gemma3', 'llama'] as const) {
        const { model, read } = tinyModel(architecture);
        const head = await engine.head(model, read);
        const { vocabulary } = model.hyper;
        const tokens = [5, 0, vocabulary - 1, 5];
        const rows = await head.embed(tokens);
        same(rows.length, tokens.length * width, 'values embedded');
        near(rows.slice(0, width), rows.slice(3 * width), 'the same token twice');
        near(await head.embed([0]), rows.slice(width, 2 * width), 'a token alone');
        same((await head.embed([])).length, 0, 'no token, no row');
        const logits = await head.logits(rows.slice());
        same(logits.length, tokens.length * vocabulary, 'logits');
        for (const [row] of tokens.entries()) {
          const hidden = rows.slice(row * width, (row + 1) * width);
          const own = logits.subarray(row * vocabulary, (row + 1) * vocabulary);
          near(await head.logits(hidden.slice()), own, `logits of row ${row} alone`);
          same(
            (await head.next(hidden.slice(), greedy, row)).token,
            own.indexOf(Math.max(...own)),
            'the greedy token',
          );
          const drawn = { temperature: 1, topK: 0, topP: 0.9, minP: 0, seed: 3 };
          same(
            (await head.next(hidden.slice(), drawn, 9)).token,
            (await head.next(hidden, drawn, 9)).token,
            'the draw, twice',
          );
        }
        for (const wrong of [[-1], [vocabulary], [1.5], [Number.NaN]])
          await refused('invalid', head.embed(wrong));
        await refused('invalid', head.logits(new Float32Array(width + 1)));
        await refused('invalid', head.logits(noise(1).fill(Number.NaN, 3, 4)));
        await refused('invalid', head.next(noise(2), greedy, 0));
        await refused('invalid', head.next(noise(1), { ...greedy, temperature: -1 }, 0));
        await head.dispose();
      }
    }),

    check('the head tells how likely a token was, and the likeliest ones', async engine => {
      const { model, read } = tinyModel('qwen3');
      const head = await engine.head(model, read);
      const tell = async (hidden: Float32Array, sampling: Sampling, position: number, count: number) => {
        const { token, likelihood } = await head.next(hidden.slice(), sampling, position, count);
        const plain = await head.next(hidden.slice(), sampling, position);
        same(plain.token, token, 'the token of one who does not ask');
        same(plain.likelihood, undefined, 'what was not asked for');
        const expected = logSoftmax(await head.logits(hidden.slice()));
        const likeliest = must(likelihood).likeliest.map(each => each.token);
        const told = [likelihood!.logProbability, ...likelihood!.likeliest.map(each => each.logProbability)];
        const own = [token, ...likeliest].map(each => expected[each]!);
        equalWithin(
          Float32Array.from(told),
          Float32Array.from(own),
          likelihoodTolerance,
          'log-probabilities',
        );
        return { token, likeliest, expected };
      };
      for (let position = 0; position < 6; position++) {
        const sampling = position % 2 === 0 ? greedy : open;
        const { likeliest, expected } = await tell(noise(1, position), sampling, position, likeliestMax);
        const sorted = expected.toSorted((x, y) => y - x).slice(0, likeliestMax);
        const found = Float32Array.from(likeliest, token => expected[token]!);
        equalWithin(
          found,
          Float32Array.from(sorted),
          likelihoodTolerance,
          'the likeliest, from the first down',
        );
        same(new Set(likeliest).size, likeliestMax, 'different tokens');
      }
      // All tokens are alike there, so most draws lie outside of what a device keeps of the best.
      const flat = new Float32Array(width);
      const drawn: number[] = [];
      for (let position = 0; position < 8; position++) {
        const { token, likeliest } = await tell(flat, open, position, position % 4);
        same(likeliest.join(), [0, 1, 2].slice(0, position % 4).join(), 'ties, from the lowest token up');
        drawn.push(token);
      }
      same(Math.max(...drawn) >= 64, true, 'a draw beyond the first 64');
      for (const wrong of [-1, 1.5, likeliestMax + 1, Number.NaN])
        await refused('invalid', head.next(noise(1), greedy, 0, wrong));
    }),

    check(
      'drafts are verified at once, as far as they are what one row after the other gives',
      async engine => {
        const { model, read } = tinyModel('qwen3');
        const head = await engine.head(model, read);
        const rows = draftsMax + 1;
        for (const [turn, sampling] of [greedy, { ...greedy, temperature: 1, topP: 0.9 }, open].entries()) {
          const hidden = noise(rows, turn);
          const right: number[] = [];
          for (let row = 0; row < rows; row++) {
            const { token } = await head.next(
              hidden.slice(row * width, (row + 1) * width),
              sampling,
              7 + row,
            );
            right.push(token);
          }
          for (const wrong of [0, 3, draftsMax - 1, draftsMax]) {
            const drafts = right.slice(0, draftsMax);
            if (wrong < draftsMax) drafts[wrong] = (right[wrong]! + 1) % model.hyper.vocabulary;
            const drawn = await head.verify(hidden.slice(), drafts, sampling, 7);
            same(
              drawn.map(({ token }) => token).join(),
              right.slice(0, wrong + 1).join(),
              `wrong at ${wrong}`,
            );
          }
          const two = hidden.slice(0, 2 * width);
          const told = await head.verify(two, [right[0]!], sampling, 7, 2);
          for (const [row, { token, likelihood }] of told.entries()) {
            const alone = await head.next(two.slice(row * width, (row + 1) * width), sampling, 7 + row, 2);
            same(token, alone.token, `token ${row} of two`);
            const [found, expected] = [likelihood, alone.likelihood].map(each =>
              Float32Array.of(
                must(each).logProbability,
                ...must(each).likeliest.map(({ logProbability }) => logProbability),
              ),
            );
            equalWithin(found!, expected!, likelihoodTolerance, `likelihood of token ${row}`);
          }
          same(told.length, 2, 'tokens of two rows');
        }
        await refused('invalid', head.verify(noise(2), [], greedy, 0));
        await refused('invalid', head.verify(noise(2), [1, 2], greedy, 0));
        await refused('invalid', head.verify(noise(rows + 1), Array(rows).fill(0), greedy, 0));
        await refused('invalid', head.verify(noise(2).fill(Number.NaN), [1], greedy, 0));
      },
    ),

    check('a draw keeps to what may follow and to what is made likelier', async engine => {
      const { model, read } = tinyModel('qwen3');
      const head = await engine.head(model, read);
      const { vocabulary } = model.hyper;
      const hot = { ...greedy, temperature: 1, topP: 0.95 };
      const random = seededRandom(7);
      for (let position = 0; position < 12; position++) {
        const hidden = noise(1, position);
        const logits = await head.logits(hidden.slice());
        const best = Array.from(logits.keys()).sort((x, y) => logits[y]! - logits[x]!);
        // From nearly all down to a few; in every third turn none of the best.
        const share = 0.9 / 2 ** (position % 6);
        const spared = new Set(position % 3 === 0 ? best.slice(0, 100) : []);
        const tokens = best.filter(token => !spared.has(token) && random.next() < share);
        if (tokens.length === 0) tokens.push(best.at(-1)!);
        const restraint = { allowed: maskOf(tokens, vocabulary) };
        same(
          (await head.next(hidden.slice(), greedy, 1, undefined, restraint)).token,
          tokens[0],
          'the best of them',
        );
        const drawn = await head.next(hidden.slice(), hot, position, 3, restraint);
        same(tokens.includes(drawn.token), true, `token ${drawn.token} is one that may follow`);
        const plain = await head.next(hidden.slice(), greedy, 1, 3);
        same(
          must(drawn.likelihood)
            .likeliest.map(({ token }) => token)
            .join(),
          must(plain.likelihood)
            .likeliest.map(({ token }) => token)
            .join(),
          'the likeliest of what the model gives',
        );
        const last = best.at(-1)!;
        const first = best[0]!;
        const lifted = changesOf([last, 1, 1000]);
        same(
          (await head.next(hidden.slice(), greedy, 1, undefined, { changes: lifted })).token,
          last,
          'a token with a bonus',
        );
        const without = { ...restraint, changes: changesOf([tokens[0]!, 1, -1000]) };
        const second = tokens[1] ?? tokens[0];
        same(
          (await head.next(hidden.slice(), greedy, 1, undefined, without)).token,
          second,
          'the best without one',
        );
        const divided = changesOf([first, logits[first]! > 0 ? 1e6 : 1 / 1e6, 0]);
        const { token } = await head.next(hidden.slice(), greedy, 1, undefined, { changes: divided });
        const near0 = best.filter(each => each !== first && logits[each]! > 0)[0] ?? first;
        same(token, near0, 'what is left where the best is divided away');
        same((await head.next(hidden.slice(), greedy, 1)).token, first, 'the next one, without a restraint');
      }
      for (const wrong of [
        { allowed: new Uint32Array(vocabulary / 32) },
        { allowed: new Uint32Array(vocabulary / 32 + 1).fill(-1) },
        { changes: changesOf([vocabulary, 1, 0]) },
        { changes: changesOf([1, 0, 0]) },
        { changes: changesOf([1, 1, Number.NaN]) },
        { changes: { ...changesOf([1, 1, 0]), factors: new Float32Array(2) } },
      ])
        await refused('invalid', head.next(noise(1), greedy, 0, undefined, wrong));
      await refused('invalid', head.next(noise(1).fill(Number.NaN), greedy, 0, undefined, {}));
    }),

    check('answers that are made together are those that are made alone', async engine => {
      const tiny = tinyModel('qwen3');
      const head = await engine.head(tiny.model, tiny.read);
      const stage = await openStage(engine, tiny, 0, 4);
      const draws = Array.from({ length: 8 }, (_, i) => ({ ...greedy, temperature: i % 2, seed: i }));
      const alone: number[][] = [];
      for (const [i, sampling] of draws.entries()) {
        const session = `alone ${i}` as SessionId;
        await stage.open(session, 8);
        let token = i;
        const tokens = [];
        for (let position = 0; position < 8; position++) {
          const row = await stage.forward([rowsOf(session, position, 1)], await head.embed([token]));
          ({ token } = await head.next(row, sampling, position + 1));
          tokens.push(token);
        }
        alone.push(tokens);
      }
      const sessions = draws.map((_, i) => `together ${i}` as SessionId);
      for (const session of sessions) await stage.open(session, 8);
      let tokens = draws.map((_, i) => i);
      for (let position = 0; position < 8; position++) {
        const rows = sessions.map(session => rowsOf(session, position, 1));
        const hidden = await stage.forward(rows, await head.embed(tokens));
        const next = draws.map((sampling, i) =>
          head.next(hidden.slice(i * width, (i + 1) * width), sampling, position + 1),
        );
        tokens = (await Promise.all(next)).map(({ token }) => token);
        const expected = alone.map(answer => answer[position]);
        same(tokens.join(), expected.join(), `tokens at ${position}`);
      }
    }),

    check('a row that is refused harms none of those beside it', async engine => {
      const { model, read } = tinyModel('qwen3');
      const head = await engine.head(model, read);
      const row = noise(1);
      const { token: expected } = await head.next(row.slice(), greedy, 0);
      const outcomes = await Promise.allSettled([
        head.next(row.slice(), greedy, 0),
        head.next(row.slice().fill(Number.NaN), greedy, 0),
        head.next(row.slice(), { ...greedy, minP: 2 }, 0),
        head.next(row.slice(1), greedy, 0),
        head.next(row.slice(), greedy, 0),
      ]);
      const found = outcomes.map(outcome =>
        outcome.status === 'fulfilled' ? outcome.value.token : outcome.reason.kind,
      );
      same(found.join(), [expected, 'invalid', 'invalid', 'invalid', expected].join(), 'answers');
    }),
  ];
}

/** Any token may be drawn. */
const open: Sampling = { ...greedy, temperature: 1 };
const a = 'a' as SessionId;
const b = 'b' as SessionId;
const c = 'c' as SessionId;
const width = tinyModel('qwen3').model.hyper.width;

/** A GPU's sum over all logits may be off by 5e-5 of itself (webgpu/sample-top.ts), and f32 by 1e-6 of a logit. */
const likelihoodTolerance = 1e-4;

function maskOf(tokens: readonly number[], vocabulary: number): Uint32Array {
  const mask = new Uint32Array(Math.ceil(vocabulary / 32));
  for (const token of tokens) mask[token >>> 5]! |= 1 << (token & 31);
  return mask;
}

const changesOf = (...each: readonly [token: number, factor: number, addend: number][]) => ({
  tokens: Uint32Array.from(each, ([token]) => token),
  factors: Float32Array.from(each, ([, factor]) => factor),
  addends: Float32Array.from(each, ([, , addend]) => addend),
});

function logSoftmax(logits: Float32Array): number[] {
  const total = Math.log(logits.reduce((sum, logit) => sum + Math.exp(logit), 0));
  return Array.from(logits, logit => logit - total);
}

const rowsOf = (session: SessionId, position: number, count: number): Rows => ({ session, position, count });

function noise(rows: number, seed = 0): Float32Array<ArrayBuffer> {
  const random = seededRandom(seed + 100);
  return Float32Array.from({ length: rows * width }, () => random.next() * 2 - 1);
}

async function openStage(
  engine: Engine,
  tiny: TinyModel,
  first: number,
  last: number,
  ...sessions: SessionId[]
) {
  const stage: Stage = await engine.stage(tiny.model, { first, last }, tiny.read);
  for (const session of sessions) await stage.open(session, 16);
  return stage;
}

async function freshAnswer(engine: Engine, tiny: TinyModel, hidden: Float32Array): Promise<Float32Array> {
  const stage = await openStage(engine, tiny, 0, 4, c);
  return stage.forward([rowsOf(c, 0, hidden.length / width)], hidden.slice());
}

function counted({ model, read }: TinyModel) {
  const reads: string[] = [];
  const counting: TensorReader = (name, ...rest) => {
    reads.push(name);
    return read(name, ...rest);
  };
  return { model, read: counting, reads };
}

const tensorsOf = ({ model }: { model: TinyModel['model'] }, first: number, last: number): number =>
  [...model.tensors.keys()].filter(name => {
    const layer = Number(/^blk\.(\d+)\./.exec(name)?.[1] ?? -1);
    return first <= layer && layer < last;
  }).length;

export function equalWithin(
  actual: Float32Array,
  expected: Float32Array,
  tolerance: number,
  what: string,
): void {
  same(actual.length, expected.length, `length of ${what}`);
  for (let i = 0; i < actual.length; i++) {
    if (!(Math.abs(actual[i]! - expected[i]!) <= tolerance)) {
      throw new Error(`${what}: value ${i} is ${actual[i]} and should be ${expected[i]} within ${tolerance}`);
    }
  }
}

function within(actual: number, least: number, most: number, what: string): void {
  if (!(least <= actual && actual <= most))
    throw new Error(`${what}: ${actual} and should be ${least} to ${most}`);
}

export function same(actual: unknown, expected: unknown, what: string): void {
  if (!Object.is(actual, expected)) throw new Error(`${what}: ${actual} and should be ${expected}`);
}

export async function refused(kind: ErrorKind, call: Promise<unknown>): Promise<TabmeshError> {
  const outcome = await call.then(
    () => 'an answer',
    (error: unknown) => error,
  );
  if (outcome instanceof TabmeshError && outcome.kind === kind && outcome.reason.length > 0) return outcome;
  throw new Error(`should be refused as ${kind}, came: ${outcome}`, { cause: outcome });
}
