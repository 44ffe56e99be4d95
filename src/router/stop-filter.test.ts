import { expect, test } from 'vitest';
import { seededRandom } from '../base/random.ts';
import { StopFilter } from './stop-filter.ts';

function filter(stops: readonly string[], pieces: readonly string[]): { shown: string[]; stopped: boolean } {
  const stop = new StopFilter(stops);
  const shown = pieces.map(piece => stop.push(piece));
  if (!stop.stopped) shown.push(stop.end());
  return { shown, stopped: stop.stopped };
}

test('a stop across pieces is found and no part of it is shown', () => {
  expect(filter(['\nUser:'], ['Hello', ' you\n', 'Us', 'er: more', 'and more'])).toEqual({
    shown: ['Hello', ' you', '', '', ''],
    stopped: true,
  });
});

test('what only began like a stop is shown as soon as that is clear', () => {
  expect(filter(['###'], ['a#', '#b', '##'])).toEqual({ shown: ['a', '##b', '', '##'], stopped: false });
});

test('a beginning inside of a beginning is not lost', () => {
  expect(filter(['aab'], ['a', 'a', 'a', 'b'])).toEqual({ shown: ['', '', 'a', ''], stopped: true });
});

test('nothing stops without stops, and empty ones are none', () => {
  expect(filter(['', ''], ['a', 'b'])).toEqual({ shown: ['a', 'b', ''], stopped: false });
});

test('the answer does not depend on where the pieces are cut', () => {
  const random = seededRandom(7);
  const letters = (length: number) =>
    Array.from({ length }, () => 'abc'[Math.floor(random.next() * 3)]).join('');
  for (let round = 0; round < 3000; round++) {
    const text = letters(24);
    const stops = [letters(1 + Math.floor(random.next() * 5)), letters(1 + Math.floor(random.next() * 5))];
    const pieces: string[] = [];
    for (let at = 0; at < text.length; ) {
      const size = 1 + Math.floor(random.next() * 6);
      pieces.push(text.slice(at, at + size));
      at += size;
    }
    const ends = stops
      .map(stop => text.indexOf(stop) + stop.length)
      .filter((_, i) => text.includes(stops[i]!));
    const first = Math.min(...ends);
    const start = Math.min(
      ...stops
        .filter(stop => text.indexOf(stop) + stop.length === first && text.includes(stop))
        .map(stop => text.indexOf(stop)),
    );
    const result = filter(stops, pieces);
    expect(result.stopped).toBe(ends.length > 0);
    expect(result.shown.join('')).toBe(ends.length > 0 ? text.slice(0, start) : text);
  }
});
