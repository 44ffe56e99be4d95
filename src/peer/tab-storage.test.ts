import { afterEach, expect, test, vi } from 'vitest';
import { tabStorage } from './tab-storage.ts';

afterEach(() => vi.unstubAllGlobals());

/** As a browser's, with room for so many characters of one value. */
function session(roomFor: number) {
  const values = new Map<string, string>();
  vi.stubGlobal('sessionStorage', {
    getItem: (key: string) => values.get(key) ?? null,
    removeItem: (key: string) => void values.delete(key),
    setItem(key: string, value: string) {
      if (value.length > roomFor) throw new DOMException('full', 'QuotaExceededError');
      values.set(key, value);
    },
  });
  return values;
}

test('what a tab notes is found again until it is removed', () => {
  const values = session(10);
  expect(tabStorage.get('draft')).toBeUndefined();
  expect(tabStorage.set('draft', 'half')).toBe(true);
  expect(tabStorage.get('draft')).toBe('half');
  tabStorage.remove('draft');
  expect(values.size).toBe(0);
});

test('more than the browser grants lasts as long as the page, and what was before does not come back', () => {
  const values = session(10);
  tabStorage.set('draft', 'half');
  expect(tabStorage.set('draft', 'far too much of it')).toBe(false);
  expect(tabStorage.get('draft')).toBe('far too much of it');
  expect(values.size).toBe(0);
  expect(tabStorage.set('draft', 'less')).toBe(true);
  expect(tabStorage.get('draft')).toBe('less');
  tabStorage.remove('draft');
});

test('where the browser blocks site data, all lasts as long as the page', () => {
  // Reading the global throws already.
  Object.defineProperty(globalThis, 'sessionStorage', {
    configurable: true,
    get() {
      throw new DOMException('Access is denied for this document.', 'SecurityError');
    },
  });
  try {
    expect(tabStorage.get('draft')).toBeUndefined();
    expect(tabStorage.set('draft', 'half')).toBe(false);
    expect(tabStorage.get('draft')).toBe('half');
    tabStorage.remove('draft');
    expect(tabStorage.get('draft')).toBeUndefined();
  } finally {
    Reflect.deleteProperty(globalThis, 'sessionStorage');
  }
});
