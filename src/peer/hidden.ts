import type { Clock } from '../base/clock.ts';
import { hiddenAfterMs } from '../base/limits.ts';
import { type Live, LiveValue } from '../base/live.ts';

type Visible = Pick<Document, 'visibilityState' | 'addEventListener'>;

/** Whether a page has been hidden for `hiddenAfterMs`; false again as soon as it is seen. Follows it for as long as there is a page. */
export function hiddenForLong(page: Visible, clock: Clock): Live<boolean> {
  const hidden = new LiveValue(false);
  let cancel = () => {};
  const look = () => {
    cancel();
    if (page.visibilityState === 'hidden') cancel = clock.after(hiddenAfterMs, () => hidden.set(true));
    else if (hidden.peek()) hidden.set(false);
  };
  page.addEventListener('visibilitychange', look);
  look();
  return hidden;
}
