import { idleUpdateMs } from '../../base/limits.ts';
import { isUnderWay } from '../downloads.ts';
import { holdsWriting, watchWriting } from '../written.ts';
import { chat } from './chat.svelte.ts';
import { history } from './history.svelte.ts';
import { invites } from './invites.svelte.ts';
import { peers } from './peer.svelte.ts';
import { route } from './route.svelte.ts';
import { shell } from './shell.svelte.ts';

/**
 * Takes a newer version that its person saw and left alone, once nobody sees the page and it is idle: a tab that stays open for weeks
 * would run the old one for weeks. It never does where a reload would lose anything, and that is looked at once more at the end.
 */
class IdleUpdate {
  #hidden = $state(document.hidden);
  #seen = $state(false);
  #tries = $state(0);

  follow(): void {
    watchWriting();
    document.addEventListener('visibilitychange', () => (this.#hidden = document.hidden));
    $effect.root(() => {
      $effect(() => {
        if (shell.news && !this.#hidden) this.#seen = true;
      });
      $effect(() => {
        void this.#tries;
        if (!this.#seen || !this.#hidden || wouldLose()) return;
        const timer = setTimeout(() => {
          if (holdsWriting() || peers.peer?.isAnswering()) this.#tries++;
          else shell.update();
        }, idleUpdateMs);
        return () => clearTimeout(timer);
      });
    });
  }
}

/** Of what the page itself knows; see `written.ts` for the rest. */
function wouldLose(): boolean {
  const { peer, contribution, given } = peers;
  const isAnswering = (given?.answers ?? 0) + (given?.ownAnswers ?? 0) > 0;
  // Said by its person for this reason, this once.
  const isResumed = contribution.kind === 'lending' && contribution.despite !== undefined;
  return (
    !peer?.storageLasts ||
    isAnswering ||
    isResumed ||
    !chat.isKept ||
    invites.opens ||
    history.deleted.length > 0 ||
    route.offer !== undefined ||
    route.place.page === 'join' ||
    // The browser would not open the file again by itself.
    peers.models.some(({ local }) => local) ||
    peers.downloads.some(isUnderWay)
  );
}

export const idleUpdate = new IdleUpdate();
