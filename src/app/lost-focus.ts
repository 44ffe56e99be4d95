/**
 * A button that goes away with what it did, or that is off while that takes, leaves the focus at the body: a keyboard begins anew, and a
 * screen reader says nothing. The heading under which it stood takes the focus then, and what is on again gets it back.
 */
export function catchLostFocus(): void {
  let held: HTMLElement | undefined;
  let room: Element | null = null;
  /** The nearest first. */
  let above: readonly HTMLElement[] = [];
  /** Whoever points does not go on from a heading, and would see the page move. */
  let seen = false;
  let waits = false;

  const hold = ({ target }: FocusEvent) => {
    if (!(target instanceof HTMLElement)) return;
    held = target;
    room = target.closest('main, dialog');
    above = headingsOf(room)
      .filter(each => each.compareDocumentPosition(target) & Node.DOCUMENT_POSITION_FOLLOWING)
      .reverse();
    seen = target.matches(':focus-visible');
  };
  const look = () => {
    waits = false;
    // In a frame, too, nothing is taken from the window that has it.
    if (!held || document.activeElement !== document.body || !document.hasFocus()) return;
    const there = room?.isConnected ? room : document.querySelector('main');
    const heading = above.find(each => each.isConnected) ?? headingsOf(there)[0];
    const next = held.isConnected ? held : heading;
    if (next !== held && next?.hasAttribute('tabindex') === false) next.tabIndex = -1;
    next?.focus({ preventScroll: !seen });
  };
  // Whoever takes the focus on purpose does so before the next frame.
  const lookSoon = () => {
    if (waits) return;
    waits = true;
    requestAnimationFrame(look);
  };

  addEventListener('focusin', hold);
  addEventListener('pointerdown', () => (held = undefined), { capture: true });
  addEventListener('focus', lookSoon);
  new MutationObserver(lookSoon).observe(document.body, {
    subtree: true,
    childList: true,
    attributeFilter: ['disabled'],
  });
}

const headingsOf = (room: Element | null): HTMLElement[] => [
  ...(room?.querySelectorAll<HTMLElement>('h1, h2, h3') ?? []),
];
