import type { Clock } from '../base/clock.ts';
import { typingQuietMs } from '../base/limits.ts';
import { type Live, LiveValue } from '../base/live.ts';

type Typed = Pick<Document, 'addEventListener'>;

/** Those of an `input` whose words come from a keyboard; a slider and a box are moved by one, too. */
const typedKinds = new Set(['text', 'search', 'url', 'email', 'password', 'number', 'tel']);

/**
 * Whether somebody writes in a page: text in a field has changed within `typingQuietMs`. Sending it,
 * and Enter, which does that in most fields, end it at once. Follows it for as long as there is a page. What is typed is not looked at.
 */
export function typingIn(page: Typed, clock: Clock): Live<boolean> {
  const typing = new LiveValue(false);
  let cancel = () => {};
  const end = () => {
    cancel();
    if (typing.peek()) typing.set(false);
  };
  // In the capturing phase, so that no field keeps it to itself.
  page.addEventListener(
    'input',
    ({ target }) => {
      if (!takesText(target)) return;
      cancel();
      cancel = clock.after(typingQuietMs, end);
      if (!typing.peek()) typing.set(true);
    },
    true,
  );
  page.addEventListener('keydown', ({ key }) => key === 'Enter' && end(), true);
  page.addEventListener('submit', end, true);
  return typing;
}

/** Whether words are typed into it. */
export function takesText(target: EventTarget | null): target is HTMLTextAreaElement | HTMLInputElement {
  const { localName, type } = target as Partial<HTMLInputElement>;
  return localName === 'textarea' || (localName === 'input' && typedKinds.has(type ?? ''));
}
