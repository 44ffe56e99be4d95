import { inviteUsesMax } from '../base/limits.ts';
import { inviteIdOf } from '../pod/document/sealed.ts';
import type { InviteId } from '../pod/document/statement.ts';
import { parseInviteLink } from '../pod/invite.ts';
import type { Pod } from '../pod/pod.ts';

/**
 * The invite for the pages of this machine, however many they are, as long as this process runs. Its person sits before them and has no
 * other way to set what owners and admins set: how plans spread, the context, whom the pod invites. Whoever is removed takes the
 * invite along that it came by, since it knows its key; pages that come later get another.
 */
export class PageInvite {
  readonly #pod: Pick<Pod, 'state' | 'invite'>;
  readonly #unsubscribe: () => void;
  #link: string;
  #id: InviteId;
  #making = false;

  private constructor(pod: Pick<Pod, 'state' | 'invite'>, link: string) {
    this.#pod = pod;
    this.#link = link;
    this.#id = idOf(link);
    this.#unsubscribe = pod.state.subscribe(() => void this.#look());
  }

  static async make(pod: Pick<Pod, 'state' | 'invite'>): Promise<PageInvite> {
    return new PageInvite(pod, await made(pod));
  }

  get link(): string {
    return this.#link;
  }

  close(): void {
    this.#unsubscribe();
  }

  async #look(): Promise<void> {
    const known = this.#pod.state.peek().document?.invites.find(each => each.id === this.#id);
    if (!known?.closed || this.#making) return;
    this.#making = true;
    // Where it cannot be made now, the next change of the pod tries again.
    this.#link = await made(this.#pod).catch(() => this.#link);
    this.#id = idOf(this.#link);
    this.#making = false;
  }
}

const idOf = (link: string): InviteId => inviteIdOf(parseInviteLink(link).secret);

const made = (pod: Pick<Pod, 'invite'>): Promise<string> =>
  pod.invite('/', { role: 'admin', uses: inviteUsesMax, expiresInMs: 0 });
