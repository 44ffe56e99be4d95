import { tick } from 'svelte';

/** For what takes away the button that was pressed: the focus would fall to the body, and a keyboard begin anew. */
export async function focusHeading(): Promise<void> {
  await tick();
  document.querySelector<HTMLElement>('main h1')?.focus();
}
