import { expect, test } from 'vitest';
import type { ModelId } from '../base/brand.ts';
import { podModelsMax } from '../base/limits.ts';
import { rankMax, ServedModels } from './served-models.ts';

const id = (name: string) => name as ModelId;
const names = (models: ServedModels) => models.shared().map(each => each.name);
/** Each hears what all the others say, until nobody has news. */
function meet(...all: ServedModels[]): void {
  for (let round = 0; round < 3; round++) {
    for (const one of all) one.hear(all.filter(each => each !== one).map(each => each.announced()));
  }
}
const serving = (...models: string[]) => {
  const served = new ServedModels();
  for (const model of models) served.add(id(model), model);
  return served;
};

test('all members come to the same order, whoever hears of what first', () => {
  const [a, b, c] = [serving('x', 'y'), serving('y', 'z'), serving('w')];
  meet(a, b, c);
  expect(names(a)).toEqual(['w', 'x', 'y', 'z']);
  expect([names(b), names(c)]).toEqual([names(a), names(a)]);
});

test('a model goes with the last member who serves it', () => {
  const [a, b, c] = [serving('x', 'y'), serving('y'), serving()];
  meet(a, b, c);
  meet(b, c);
  expect([names(b), names(c)]).toEqual([['y'], ['y']]);
  meet(c);
  expect(names(c)).toEqual([]);
  expect(names(b)).toEqual(['y']);
});

test('a model stays while somebody asks it, for all', () => {
  const [a, b, c] = [serving('x'), serving(), serving()];
  meet(a, b, c);
  const [first, second] = [b.ask(id('x')), b.ask(id('x'))];
  meet(a, b, c);
  meet(b, c);
  first();
  meet(b, c);
  expect([names(b), names(c)]).toEqual([['x'], ['x']]);
  second();
  meet(b, c);
  expect([names(b), names(c)]).toEqual([[], []]);
});

test('what nobody serves is not served for being asked', () => {
  const a = serving();
  a.ask(id('x'));
  expect([names(a), a.announced()]).toEqual([[], []]);
});

test('files and links with secrets are served here alone, and those of others are not heard', () => {
  const [a, b] = [serving('x', 'file:notes.gguf:5', 'https://example.org/m?token=1'), serving('y')];
  meet(a, b);
  expect([names(a), names(b)]).toEqual([
    ['x', 'y'],
    ['x', 'y'],
  ]);
  expect(a.private().map(each => each.model)).toEqual(['file:notes.gguf:5', 'https://example.org/m?token=1']);
  b.hear([[{ model: id('file:evil:1'), name: 'evil', rank: 0 }]]);
  expect(names(b)).toEqual(['y']);
});

test('a name stays with the first that had it, whatever the rank of the next', () => {
  const a = new ServedModels();
  a.add(id('hub:a'), 'small');
  a.add(id('guide'), 'guide');
  const evil = [
    { model: id('https://evil/1'), name: 'guide', rank: 0 },
    { model: id('https://evil/2'), name: 'small', rank: 0 },
    { model: id('https://evil/3'), name: 'hub:a', rank: 0 },
  ];
  a.hear([evil]);
  expect(Object.fromEntries(a.shared().map(each => [each.name, each.model]))).toEqual({
    guide: 'guide',
    small: 'hub:a',
    'https://evil/1': 'https://evil/1',
    'https://evil/2': 'https://evil/2',
    'https://evil/3': 'https://evil/3',
  });
});

test('a name that equals the id of another model is never taken from it', () => {
  const a = new ServedModels();
  a.hear([[{ model: id('https://evil/1'), name: 'guide', rank: 0 }]]);
  expect(names(a)).toEqual(['guide']);
  a.add(id('guide'), 'guide');
  expect(a.shared().find(each => each.name === 'guide')?.model).toBe('guide');
});

test('no more models than the limit: those that came first stay', () => {
  const models = serving(...Array.from({ length: podModelsMax }, (_, index) => `m${index}`));
  expect(() => models.add(id('more'), 'more')).toThrow(`at most ${podModelsMax}`);
  models.hear([[{ model: id('more'), name: 'more', rank: 0 }]]);
  expect(names(models)).toEqual(Array.from({ length: podModelsMax }, (_, index) => `m${index}`));
});

test('the highest rank there is leads to no higher one', () => {
  const models = serving();
  models.hear([[{ model: id('x'), name: 'x', rank: rankMax }]]);
  models.add(id('y'), 'y');
  expect(models.announced()).toEqual([{ model: 'y', name: 'y', rank: rankMax }]);
});
