import type { ToServiceWorker } from '../../../workers/service-worker.ts';
import { embeddedModel } from '../../peer/embedded.ts';
import type { Peer } from '../../peer/peer.ts';
import { tabStorage } from '../../peer/tab-storage.ts';
import { answerPages } from '../answer-pages.ts';
import { chat } from './chat.svelte.ts';
import { peers } from './peer.svelte.ts';

const lookEveryMs = 3_600_000;
/**
 * A request of this page that comes as the newer worker takes over starts the older one again, and Chromium then leaves the newer one
 * waiting, whatever it is told. It takes over once the page lets go of the older.
 */
const takeOverMs = 3_000;
const reloadedKey = 'tabmesh-reloaded-to-isolate';

/** What the service worker (workers/service-worker.ts) has done for this tab. */
class Shell {
  /** A newer version is there: it waits for a word, or another tab has given it and only this one still runs the old. */
  news = $state<'waits' | 'taken'>();
  /** Whether all is kept here that the page needs to open and to answer with no network. */
  offline = $state<'preparing' | 'ready' | 'refused'>('preparing');
  /** It was asked for, and waits for the end of what others ask through this tab. */
  finishing = $state(false);
  #registration: ServiceWorkerRegistration | undefined;
  #asked = false;

  /** Never rejects. In development there is no service worker: it would serve yesterday's files. */
  async start(starting: Promise<Peer>): Promise<void> {
    if (!import.meta.env.PROD) return;
    try {
      answerPages(navigator.serviceWorker, starting);
      // The peer comes first, except where the page is about to load once more.
      if (crossOriginIsolated) await starting.catch(() => undefined);
      await this.#register(navigator.serviceWorker);
      if (loadsAgain()) return;
      await (await starting).models.keep(embeddedModel.id);
      this.offline = 'ready';
    } catch {
      this.offline = 'refused';
    }
  }

  /** Reloads this tab into the newer version; the others are told. Not under an answer, and after those of others unless that is `now`. */
  update(when: 'finished' | 'now' = 'finished'): void {
    this.finishing = when === 'finished' && !chat.running && (peers.given?.answers ?? 0) > 0;
    if (chat.running || this.finishing) return;
    const waiting = this.#registration?.waiting;
    this.#asked = true;
    waiting?.postMessage('take over' satisfies ToServiceWorker);
    setTimeout(() => chat.running || location.reload(), waiting ? takeOverMs : 0);
  }

  async #register(container: ServiceWorkerContainer): Promise<void> {
    let controlled = container.controller !== null;
    container.addEventListener('controllerchange', () => {
      if (!controlled) controlled = true;
      else if (this.#asked && !chat.running) location.reload();
      else this.news = 'taken';
    });
    const registration = await container.register('./service-worker.js', { updateViaCache: 'none' });
    this.#registration = registration;
    const look = () => {
      if (registration.waiting && controlled) this.news = 'waits';
    };
    look();
    registration.addEventListener('updatefound', () =>
      registration.installing?.addEventListener('statechange', look),
    );
    setInterval(() => registration.update().catch(() => undefined), lookEveryMs);
    await container.ready;
  }
}

let touched = false;
for (const sign of ['pointerdown', 'keydown', 'input', 'drop'])
  addEventListener(sign, () => (touched = true), { capture: true, once: true });

/**
 * Where the host sends no headers, the service worker isolates the page, from the next load on. Loads it once more, if that helps and
 * nobody has touched it yet; answers whether it does.
 */
function loadsAgain(): boolean {
  if (crossOriginIsolated || touched || tabStorage.get(reloadedKey) !== undefined) return false;
  // Else it would load again and again.
  if (!tabStorage.set(reloadedKey, 'yes')) return false;
  location.reload();
  return true;
}

export const shell = new Shell();
