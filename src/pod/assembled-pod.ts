import type { ModelId, PeerId, PodId } from '../base/brand.ts';
import { TabmeshError } from '../base/error.ts';
import { contextPositionsMax, planContextPositionsMin } from '../base/limits.ts';
import type { Live } from '../base/live.ts';
import { peerName } from '../network/peer-name.ts';
import { isAllowed, type Said } from './document/may.ts';
import type { EntryTopic, InviteId, Role } from './document/statement.ts';
import type { PodFederation } from './federation/federation.ts';
import type { Given } from './giving.ts';
import { previewOf } from './invite-preview.ts';
import { checkName, type Membership } from './membership.ts';
import type { OwnAnswers } from './own-answers.ts';
import type { Spread } from './plan.ts';
import type { PlanPreviews } from './plan-previews.ts';
import { isContext, planSetting, planSettingsOf } from './plan-settings.ts';
import type {
  GenerateEvent,
  GenerateRequest,
  InviteOptions,
  InvitePreview,
  Pod,
  PodState,
  ShareOptions,
} from './pod.ts';
import type { PlanPreview, PlanWish } from './preview.ts';
import type { ServedModels } from './served-models.ts';
import { refuseSecret } from './shareable.ts';
import type { Slices } from './slices.ts';
import type { StageService } from './stage-service.ts';
import type { Upkeep } from './upkeep.ts';

export interface AssembledPodParts {
  readonly self: PeerId;
  readonly state: Live<PodState>;
  readonly federation: PodFederation;
  readonly given: Live<Given>;
  readonly membership: Membership;
  readonly served: ServedModels;
  readonly slices: Pick<Slices, 'share'>;
  readonly service: Pick<StageService, 'failOthers'>;
  readonly answers: OwnAnswers;
  readonly previews: PlanPreviews;
  readonly upkeep: Pick<Upkeep, 'now'>;
  /** Called once. */
  readonly close: () => Promise<void>;
}

/** Has each wish of the house done by the part that does it, and what follows from it before it returns. */
export class AssembledPod implements Pod {
  readonly state: Live<PodState>;
  readonly federation: PodFederation;
  readonly given: Live<Given>;
  readonly #parts: AssembledPodParts;
  #closed = false;

  constructor(parts: AssembledPodParts) {
    this.state = parts.state;
    this.federation = parts.federation;
    this.given = parts.given;
    this.#parts = parts;
  }

  async create(name: string): Promise<void> {
    await this.#parts.membership.create(name);
    this.#parts.upkeep.now();
  }

  async invite(page: string, options: InviteOptions = {}): Promise<string> {
    return this.#parts.membership.invite(page, options);
  }

  async revoke(invite: InviteId): Promise<void> {
    await this.#parts.membership.say({ kind: 'revoke', invite });
  }

  preview(link: string, lendBytes = 0): InvitePreview {
    return previewOf(link, lendBytes);
  }

  async setRole(peer: PeerId, role: Role): Promise<void> {
    await this.#parts.membership.say({ kind: 'role', peer, role });
  }

  async remove(peer: PeerId): Promise<void> {
    await this.#parts.membership.remove(peer);
  }

  async rename(name: string): Promise<void> {
    await this.#parts.membership.say({ kind: 'rename', name: checkName(name) });
  }

  async dissolve(): Promise<void> {
    await this.#parts.membership.say({ kind: 'dissolve' });
  }

  async note(topic: EntryTopic, key: string, value: unknown): Promise<void> {
    await this.#parts.membership.say({ kind: 'entry', topic, key, value });
  }

  nameOf(peer: PeerId): string {
    return peerName(peer);
  }

  may(said: Said): boolean {
    const view = this.#parts.membership.group?.document.view;
    return view !== undefined && isAllowed(view, this.#parts.self, said);
  }

  async join(link: string, signal?: AbortSignal): Promise<void> {
    await this.#parts.membership.join(link, signal);
    this.#parts.upkeep.now();
  }

  async restore(id: PodId, signal?: AbortSignal): Promise<void> {
    await this.#parts.membership.restore(id, signal);
    this.#parts.upkeep.now();
  }

  async leave(): Promise<void> {
    await this.#parts.membership.leave();
    this.#parts.upkeep.now();
  }

  async serve(model: ModelId, name: string): Promise<void> {
    if (this.#parts.membership.members().length > 0) refuseSecret(model);
    this.#parts.served.add(model, name);
    this.#parts.upkeep.now();
  }

  async share(model: ModelId, name: string, options: ShareOptions = {}): Promise<ModelId> {
    const id = await this.#parts.slices.share(model, options);
    await this.serve(id, name);
    return id;
  }

  async setSpread(spread: Spread): Promise<void> {
    if (this.#planSettings().spread !== spread)
      await this.#parts.membership.say(planSetting('spread', spread));
  }

  async setContext(positions: number): Promise<void> {
    if (!isContext(positions)) {
      const least = `${planContextPositionsMin} to ${contextPositionsMax}`;
      throw new TabmeshError(
        'invalid',
        'pod',
        `Plans keep room for ${least} tokens, or for 0: as they usually do.`,
      );
    }
    if ((this.#planSettings().context ?? 0) !== positions)
      await this.#parts.membership.say(planSetting('context', positions));
  }

  planFor(model: ModelId, wish?: PlanWish, signal?: AbortSignal): Promise<PlanPreview> {
    return this.#parts.previews.of(model, wish, signal);
  }

  endForOthers(): void {
    const reason = 'Its person has stopped lending.';
    this.#parts.service.failOthers(new TabmeshError('unavailable', 'pod', reason));
  }

  generate(request: GenerateRequest, signal?: AbortSignal): AsyncGenerator<GenerateEvent, void, void> {
    return this.#parts.answers.generate(request, signal);
  }

  #planSettings() {
    return planSettingsOf(this.#parts.membership.group?.document.view);
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    await this.#parts.close();
  }
}
