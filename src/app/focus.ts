import { tick } from 'svelte';

/** A page that comes late is waited for so long: two seconds where it is drawn. */
const framesMax = 120;

/** For what an answer goes on from. Where there is no mouse, a keyboard would come up and cover it. */
export async function focusComposer(): Promise<void> {
  await tick();
  const canHover = matchMedia('(hover: hover)').matches;
  if (canHover) document.querySelector<HTMLElement>('#message')?.focus();
  else await focusHeading();
}

/** For what takes away the button that was pressed: the focus would fall to the body, and a keyboard begin anew. */
export async function focusHeading(): Promise<void> {
  await tick();
  for (let frame = 0; frame < framesMax; frame++) {
    const heading = document.querySelector<HTMLElement>('main h1');
    if (heading) return heading.focus();
    await new Promise(requestAnimationFrame);
  }
}
