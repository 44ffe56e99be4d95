import { expect, test } from 'vitest';
import { must } from '../../base/assert.ts';
import { rewindRowsMax } from '../../base/limits.ts';
import { seededRandom } from '../../base/random.ts';
import { tinyModel } from '../tiny-model.ts';
import { keptRows } from './delta-pool.ts';
import { deltaWords, deltaWordsPerRow } from './delta-step.ts';
import { DeltaTrack, noState } from './delta-track.ts';

const net = must(tinyModel('qwen35').model.hyper.deltaNet);
const rowsKept = keptRows(net);

/** What shaders/delta-rule.wgsl and delta-finish.wgsl do, with lengths in the states' place and positions in the rows'. */
function device() {
  const states: number[] = [];
  const kept: number[] = [];
  return (words: Uint32Array) => {
    const [, fresh, end, , state, begin] = words as unknown as [
      number,
      number,
      number,
      number,
      number,
      number,
    ];
    expect(state === noState ? 0 : states[state]).toBe(begin);
    for (let position = Math.max(0, begin - net.kernel + 1); position < fresh; position++)
      expect(kept[position % rowsKept]).toBe(position);
    for (let length = begin + 1; length <= end; length++)
      if (length % rewindRowsMax === 0 && length + 2 * rewindRowsMax > end)
        states[1 + ((length / rewindRowsMax) % 2)] = length;
    if (end % rewindRowsMax !== 0) states[0] = end;
    for (let position = Math.max(fresh, end - rowsKept); position < end; position++)
      kept[position % rowsKept] = position;
  };
}

test('whatever comes and goes back, the states and rows that the kernel begins with are there', () => {
  const random = seededRandom(3);
  const upTo = (most: number) => Math.floor(random.next() * (most + 1));
  let refusals = 0;
  for (let session = 0; session < 200; session++) {
    const track = new DeltaTrack(0);
    const take = device();
    let length = 0;
    for (let turn = 0; turn < 40; turn++) {
      const count = 1 + upTo(turn % 5 === 0 ? 40 : 10);
      const rows = Array.from({ length: count }, (_, row) => ({ position: length + row, track }));
      take(deltaWords(rows));
      length += count;
      const back = upTo(Math.min(length, turn % 9 === 0 ? length : 2 * rewindRowsMax + 4));
      const may = track.canRewind(length - back);
      if (back <= Math.min(count, rewindRowsMax) || back === length) expect(may).toBe(true);
      if (back > 2 * rewindRowsMax && back < length) expect(may).toBe(false);
      if (may) {
        track.rewind(length - back);
        length -= back;
      } else refusals++;
    }
  }
  expect(refusals).toBeGreaterThan(0);
});

test('rows of one session are chained in their order, wherever they stand in a step', () => {
  const [one, other] = [new DeltaTrack(4), new DeltaTrack(7)];
  const rows = [
    [one, 0],
    [one, 1],
    [other, 0],
    [one, 2],
  ] as const;
  const words = deltaWords(rows.map(([track, position]) => ({ track, position })));
  const row = (index: number) => [
    ...words.subarray(index * deltaWordsPerRow, index * deltaWordsPerRow + deltaWordsPerRow - 1),
  ];
  const follows = 0xffffffff;
  expect(rows.map((_, index) => row(index))).toEqual([
    [4, 0, 3, 1, noState],
    [4, 1, 3, 3, follows],
    [7, 0, 1, 2, noState],
    [4, 2, 3, 3, follows],
  ]);
});
