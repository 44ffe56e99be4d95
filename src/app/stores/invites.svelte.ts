import type { PodId } from '../../base/brand.ts';
import type { InviteId, InviteRole } from '../../pod/document/statement.ts';
import { Attempt } from '../attempt.svelte.ts';
import { isOpen } from '../open-invites.ts';
import { peers } from './peer.svelte.ts';

export interface Terms {
  readonly role: InviteRole;
  readonly uses: number;
  /** 0 is until it is revoked. */
  readonly hours: number;
}

export const usualTerms: Terms = { role: 'member', uses: 1, hours: 72 };

interface MadeLink extends Terms {
  readonly pod: PodId;
  readonly invite: InviteId;
  readonly link: string;
}

/** The links that this tab makes. Only here is their secret, so that the last one is kept while other pages are looked at. */
class Invites {
  readonly attempt = new Attempt();
  #made = $state.raw<MadeLink>();
  #founded = $state<PodId>();
  #isFirstDue = $state(false);

  /** Whether the pod was created in this tab. */
  get isFounder(): boolean {
    return this.#founded !== undefined && this.#founded === peers.pod?.id;
  }

  /** Whoever creates a pod wants somebody in it, so its first link takes no further tap. */
  get isFirstDue(): boolean {
    return this.isFounder && this.#isFirstDue;
  }

  /** Before a relay knows this tab, a link would name no way to it. */
  get isReachable(): boolean {
    return peers.status.kind === 'connected' || peers.status.kind === 'relay-only';
  }

  /** The last one, of this pod. */
  get made(): MadeLink | undefined {
    return this.#made?.pod === peers.pod?.id ? this.#made : undefined;
  }

  /** Whether somebody may still come by it. */
  get opens(): boolean {
    const known = peers.pod?.document?.invites.find(({ id }) => id === this.made?.invite);
    return known !== undefined && isOpen(known);
  }

  founded(pod: PodId): void {
    this.#founded = pod;
  }

  /** Once what this tab lends is settled: an invite tells it. */
  oweFirst(): void {
    this.#isFirstDue = true;
  }

  /** Answers whether there is a new link. */
  make(terms: Terms): Promise<boolean> {
    this.#isFirstDue = false;
    return this.attempt.run(async () => {
      const { pod } = await peers.ready();
      const known = () => pod.state.peek().document?.invites ?? [];
      const before = new Set(known().map(({ id }) => id));
      const page = location.href.split('#')[0]!;
      const link = await pod.invite(page, { ...terms, expiresInMs: terms.hours * 3_600_000 });
      const { id, self } = pod.state.peek();
      const invite = known().find(each => each.by === self && !before.has(each.id));
      this.#made = id && invite && { ...terms, pod: id, invite: invite.id, link };
    });
  }
}

export const invites = new Invites();
