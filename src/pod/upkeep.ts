import type { LiveValue } from '../base/live.ts';
import type { FederationDesk } from './federation/federation-desk.ts';
import type { Headers } from './headers.ts';
import type { Heads } from './heads.ts';
import { type Hearing, hearMembers } from './hear-members.ts';
import type { Holdings } from './holdings.ts';
import type { Membership } from './membership.ts';
import type { OwnDrafts } from './own-drafts.ts';
import type { PlanFollower } from './plan-follower.ts';
import type { PodState } from './pod.ts';
import type { PresentState } from './present-state.ts';
import type { SelfReport } from './self-report.ts';
import type { StageService } from './stage-service.ts';

export interface UpkeepParts extends Hearing {
  readonly state: LiveValue<PodState>;
  readonly present: PresentState;
  readonly membership: Pick<Membership, 'group' | 'members' | 'remember'>;
  readonly heads: Pick<Heads, 'keep'>;
  readonly headers: Pick<Headers, 'keep'>;
  readonly holdings: Pick<Holdings, 'keep'>;
  readonly follower: PlanFollower;
  readonly service: Pick<StageService, 'trim'>;
  readonly drafts: OwnDrafts | undefined;
  readonly federation: Pick<FederationDesk, 'look'>;
  readonly report: SelfReport;
}

/** On every change looks at everything anew, and has all parts do what follows from it. */
export class Upkeep {
  readonly #parts: UpkeepParts;
  #remembered = '';
  #told = '';
  #isDue = false;
  #closed = false;

  constructor(parts: UpkeepParts) {
    this.#parts = parts;
  }

  /** Changes of one turn are looked at together. */
  soon(): void {
    if (this.#isDue) return;
    this.#isDue = true;
    queueMicrotask(() => {
      this.#isDue = false;
      this.now();
    });
  }

  now(): void {
    if (this.#closed) return;
    const { present, follower, service, drafts, federation, report } = this.#parts;
    this.#hear();
    const { state, trials } = present.look();
    this.#remember();
    follower.follow(state, trials);
    service.trim();
    drafts?.trim();
    federation.look();
    this.#tell(state);
    report.announce();
  }

  /** Nothing is done any more, whatever changes. */
  close(): void {
    this.#closed = true;
  }

  /** What nobody serves any more is given up. */
  #hear(): void {
    const { served, heads, headers, holdings } = this.#parts;
    hearMembers(this.#parts);
    const ids = new Set(served.all().map(each => each.model));
    heads.keep(ids);
    headers.keep(ids);
    holdings.keep(ids);
  }

  /** Where the others are, for the next start. */
  #remember(): void {
    const { membership } = this.#parts;
    const where = JSON.stringify(membership.members().map(({ peer, record }) => [peer, record.addresses]));
    if (where === this.#remembered) return;
    this.#remembered = where;
    // Without it the way back is by an invite.
    membership.remember().catch(() => {});
  }

  /** Those who show it are not woken for nothing. */
  #tell(state: PodState): void {
    const told = JSON.stringify(state);
    const isNew = told !== this.#told;
    this.#told = told;
    if (isNew) this.#parts.state.set(state);
  }
}
