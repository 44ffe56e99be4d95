import { takesText } from '../peer/typing.ts';

const written = new Set<HTMLTextAreaElement | HTMLInputElement>();

/** From here on: what somebody writes into the page. */
export function watchWriting(): void {
  addEventListener('input', ({ target }) => takesText(target) && written.add(target), true);
}

/** Whether a field holds what somebody wrote there, or a link whose secret only this page has. */
export function holdsWriting(): boolean {
  for (const field of written) if (!field.isConnected || field.value === '') written.delete(field);
  return written.size > 0 || document.querySelector('input[readonly]') !== null;
}
