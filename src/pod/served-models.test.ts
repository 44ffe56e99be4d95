import { expect, test } from 'vitest';
import type { ModelId } from '../base/brand.ts';
import { podModelsMax } from '../base/limits.ts';
import { ServedModels } from './served-models.ts';

const id = (name: string) => name as ModelId;
const names = (models: ServedModels) => models.list().map(each => each.name);

test('all members come to the same order, whoever hears of what first', () => {
  const [a, b, c] = [new ServedModels(), new ServedModels(), new ServedModels()];
  a.add(id('x'), 'x');
  a.add(id('y'), 'y');
  b.add(id('y'), 'y');
  b.add(id('z'), 'z');
  c.add(id('w'), 'w');
  for (const [one, other] of [
    [a, b],
    [c, a],
    [b, c],
    [a, b],
    [c, b],
  ] as const) {
    one.merge(other.list());
    other.merge(one.list());
  }
  expect(names(a)).toEqual(['w', 'x', 'y', 'z']);
  expect([names(b), names(c)]).toEqual([names(a), names(a)]);
  expect(a.merge(b.list())).toBe(false);
});

test('after leaving, only what was served here is left', () => {
  const [a, b] = [new ServedModels(), new ServedModels()];
  a.add(id('x'), 'x');
  b.add(id('y'), 'y');
  a.merge(b.list());
  a.forgetOthers();
  expect(names(a)).toEqual(['x']);
});

test('no more models than the limit', () => {
  const models = new ServedModels();
  for (let index = 0; index < podModelsMax; index++) models.add(id(`m${index}`), 'm');
  expect(() => models.add(id('more'), 'more')).toThrow(`at most ${podModelsMax}`);
  expect(models.merge([{ model: id('more'), name: 'more', rank: 0 }])).toBe(false);
  expect(models.list()).toHaveLength(podModelsMax);
});
