import { keepChoice, keptChoice } from './kept-choice.ts';

const key = 'tabmesh-question-mark';
const answers = ['yes', 'no'] as const;

/** The list of keyboard shortcuts, and the one key that opens it. */
class Shortcuts {
  open = $state(false);
  /** A key without Ctrl can be turned off: who speaks to a computer would press it unawares (WCAG 2.1.4). */
  byKey = $state(keptChoice(key, answers) === 'yes');

  useKey(use: boolean): void {
    this.byKey = use;
    keepChoice(key, use ? 'yes' : 'no', 'yes');
  }

  pressed(event: KeyboardEvent): void {
    if (event.key !== '?' || !this.byKey || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.defaultPrevented || takesText(event.target) || document.querySelector('dialog[open]')) return;
    event.preventDefault();
    this.open = true;
  }
}

const takesText = (target: EventTarget | null): boolean =>
  target instanceof HTMLElement &&
  (target.isContentEditable ||
    target.matches('input:not([type="checkbox"], [type="radio"]), textarea, select'));

export const shortcuts = new Shortcuts();
