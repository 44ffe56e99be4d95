import type { Download } from '../../peer/downloads.ts';
import { endedOf } from '../downloads.ts';
import { words } from '../strings.ts';
import { keepChoice, keptChoice } from './kept-choice.ts';

const wantedKey = 'tabmesh-notices';
const answers = ['no', 'yes'] as const;

/** Tells of the end of downloads, where a person asked for it, while nobody sees the page. */
class Notices {
  /** 'none': this browser has no notifications, or not in this window. */
  permission = $state<NotificationPermission | 'none'>(
    'Notification' in globalThis ? Notification.permission : 'none',
  );
  wanted = $state(this.permission === 'granted' && keptChoice(wantedKey, answers) === 'yes');
  #before: readonly Download[] = [];

  /** On a tap: the browser may ask the person. */
  async want(wanted: boolean): Promise<void> {
    if (wanted && this.permission === 'default') this.permission = await Notification.requestPermission();
    this.wanted = wanted && this.permission === 'granted';
    keepChoice(wantedKey, this.wanted ? 'yes' : 'no', 'no');
  }

  follow(downloads: readonly Download[]): void {
    const ended = endedOf(this.#before, downloads);
    this.#before = downloads;
    if (!this.wanted || !document.hidden) return;
    for (const download of ended) void tell(download);
  }
}

async function tell({ id, name, state, problem }: Download): Promise<void> {
  const say = words.models.notice;
  const body = state === 'ready' ? say.ready : (problem?.reason ?? say.failed);
  const options = {
    body,
    tag: `tabmesh ${id}`,
    icon: new URL('icons/tabmesh-192.png', document.baseURI).href,
  };
  // Chrome on Android refuses `new Notification`; without a service worker there is nothing else.
  try {
    const registration = await navigator.serviceWorker?.getRegistration();
    if (registration) await registration.showNotification(say.title(name, state === 'ready'), options);
    else new Notification(say.title(name, state === 'ready'), options);
  } catch {
    // The browser takes none now; the page says the same.
  }
}

export const notices = new Notices();
