import { tick } from 'svelte';

/** A page that comes late is waited for so long: two seconds where it is drawn. */
const framesMax = 120;

/** For what takes away the button that was pressed: the focus would fall to the body, and a keyboard begin anew. */
export async function focusHeading(): Promise<void> {
  await tick();
  for (let frame = 0; frame < framesMax; frame++) {
    const heading = document.querySelector<HTMLElement>('main h1');
    if (heading) return heading.focus();
    await new Promise(requestAnimationFrame);
  }
}
