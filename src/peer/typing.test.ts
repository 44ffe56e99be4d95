import { expect, test } from 'vitest';
import { ManualClock } from '../../tests/pod/manual-clock.ts';
import { typingQuietMs } from '../base/limits.ts';
import { typingIn } from './typing.ts';

class Page extends EventTarget {
  readonly clock = new ManualClock();
  readonly told: boolean[] = [];

  constructor() {
    super();
    typingIn(this as unknown as Document, this.clock).subscribe(value => void this.told.push(value));
  }

  fire(kind: string, target: object, more: object = {}): void {
    this.dispatchEvent(Object.defineProperties(new Event(kind), describe({ target, ...more })));
  }
}

const describe = (values: object): PropertyDescriptorMap =>
  Object.fromEntries(Object.entries(values).map(([name, value]) => [name, { value }]));

const box = { localName: 'textarea', type: 'textarea' };

test('somebody types from the first letter until nothing has been typed for a while', async () => {
  const page = new Page();
  for (let letter = 0; letter < 5; letter++) {
    page.fire('input', box);
    await page.clock.pass(typingQuietMs - 1);
  }
  expect(page.told).toEqual([false, true]);
  await page.clock.pass(1);
  expect(page.told).toEqual([false, true, false]);
});

test('what is sent is typed no more', async () => {
  for (const end of ['keydown', 'submit']) {
    const page = new Page();
    page.fire('input', { localName: 'input', type: 'search' });
    page.fire('keydown', box, { key: 'Shift' });
    expect(page.told).toEqual([false, true]);
    page.fire(end, box, { key: 'Enter' });
    expect(page.told).toEqual([false, true, false]);
    await page.clock.pass(typingQuietMs);
    expect(page.told).toEqual([false, true, false]);
  }
});

test('a slider, a box to tick, a list and a page that is only read are not typed in', () => {
  const page = new Page();
  for (const type of ['range', 'checkbox', 'radio', 'file']) page.fire('input', { localName: 'input', type });
  page.fire('input', { localName: 'select', type: 'select-one' });
  page.fire('keydown', { localName: 'body' }, { key: 'a' });
  expect(page.told).toEqual([false]);
});
