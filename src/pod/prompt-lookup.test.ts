import { expect, test } from 'vitest';
import { seededRandom } from '../base/random.ts';
import { PromptLookup } from './prompt-lookup.ts';

const after = (tokens: readonly number[]) => {
  const lookup = new PromptLookup();
  for (const token of tokens) lookup.add(token);
  return lookup;
};

test('what followed the same tokens before is the draft', () => {
  expect(after([1, 2, 3, 4, 5, 9, 2, 3]).draft(3)).toEqual({ tokens: [4, 5, 9], match: 2 });
});

test('nothing is drafted without two tokens that came before', () => {
  for (const tokens of [[], [1], [1, 1], [1, 2, 3, 4], [5, 1, 6, 1]])
    expect(after(tokens).draft(4)).toBeUndefined();
  expect(after([1, 2, 3, 1, 2]).draft(0)).toBeUndefined();
});

test('a longer match goes before a later one, and of equals the latest counts', () => {
  expect(after([7, 1, 2, 30, 8, 1, 2, 40, 7, 1, 2]).draft(1)).toEqual({ tokens: [30], match: 3 });
  expect(after([1, 2, 30, 1, 2, 40, 1, 2]).draft(1)).toEqual({ tokens: [40], match: 2 });
});

test('a text that repeats itself is drafted beyond its end', () => {
  expect(after([5, 1, 2, 3, 1, 2, 3]).draft(7)).toEqual({ tokens: [1, 2, 3, 1, 2, 3, 1], match: 3 });
  expect(after([4, 4, 4]).draft(3)).toEqual({ tokens: [4, 4, 4], match: 2 });
});

test('ids as large as vocabularies get are told apart', () => {
  const large = 2 ** 20 - 1;
  expect(after([large, 0, 1, 0, large, 2, large, 0]).draft(1)).toEqual({ tokens: [1], match: 2 });
});

test('the draft is what looking through the whole text finds', () => {
  const random = seededRandom(4);
  const tokens: number[] = [];
  const lookup = new PromptLookup();
  for (let step = 0; step < 400; step++) {
    const token = Math.floor(random.next() * 5);
    tokens.push(token);
    lookup.add(token);
    const draft = lookup.draft(1);
    const last = tokens.length - 1;
    const common = (place: number) => {
      let length = 0;
      while (length < 32 && length <= place && tokens[place - length] === tokens[last - length]) length++;
      return length;
    };
    const places = tokens
      .map((_, place) => place)
      .slice(0, last)
      .reverse()
      .filter(place => common(place) >= 2)
      .slice(0, 32);
    const match = Math.max(0, ...places.map(common));
    expect(draft?.match ?? 0).toBe(match);
    if (draft) expect(draft.tokens).toEqual([tokens[places.find(place => common(place) === match)! + 1]]);
  }
});

test('a token costs no more in a long text than in a short one', () => {
  const lookup = after(Array.from({ length: 50_000 }, () => 1));
  expect(lookup.draft(7)).toEqual({ tokens: Array(7).fill(1), match: 32 });
});
