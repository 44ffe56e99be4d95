import { expect, test } from 'vitest';
import { speak } from './own-words.ts';
import { words } from './strings.ts';

test('a site says what is on buttons, and not what is promised to its visitors', () => {
  const { staysHere, consent, found, title } = words;
  speak({
    ask: 'Fragen',
    none: 'Auf {0} steht nichts davon. {1}{9}',
    'reasons.wrong': 'Falsch',
    'reasons.none': 'Unsinn',
    staysHere: 'Wir lesen mit.',
    consent: 'Kostet nichts',
    __proto__: 'x',
    'constructor.name': 'x',
    toString: 'x',
  });
  expect(words.ask).toBe('Fragen');
  expect(words.none('example.org')).toBe('Auf example.org steht nichts davon. ');
  expect(words.reasons.wrong).toBe('Falsch');
  expect(Object.keys(words.reasons)).not.toContain('none');
  expect([words.staysHere, words.consent, words.found, words.title]).toEqual([
    staysHere,
    consent,
    found,
    title,
  ]);
  expect({}.toString()).toBe('[object Object]');
  expect(Object.keys(words)).not.toContain('toString');
});
