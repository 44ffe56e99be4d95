import type { PeerId } from '../base/brand.ts';
import { TabmeshError } from '../base/error.ts';
import type { Heads } from './heads.ts';
import type { Holdings } from './holdings.ts';
import type { Links } from './links.ts';
import type { OwnDrafts } from './own-drafts.ts';
import type { Requester } from './requester.ts';
import type { SelfMeasure } from './self-measure.ts';
import type { Slices } from './slices.ts';
import type { SpeedMeter } from './speed.ts';
import type { StageService } from './stage-service.ts';
import type { Upkeep } from './upkeep.ts';

export interface LossesParts {
  readonly links: Pick<Links, 'drop'>;
  readonly slices: Pick<Slices, 'drop'>;
  readonly service: Pick<StageService, 'drop' | 'failAll'>;
  readonly requester: Pick<Requester, 'drop'>;
  readonly meter: SpeedMeter;
  readonly measuring: SelfMeasure | undefined;
  readonly heads: Pick<Heads, 'lose'>;
  readonly drafts: OwnDrafts | undefined;
  readonly holdings: Pick<Holdings, 'lose'>;
  readonly upkeep: Pick<Upkeep, 'now'>;
}

/** Tells whom it concerns that a member, the connection to it, or this peer's device is lost. */
export class Losses {
  readonly #parts: LossesParts;

  constructor(parts: LossesParts) {
    this.#parts = parts;
  }

  member(peer: PeerId): void {
    const { links, slices, service, requester } = this.#parts;
    links.drop(peer);
    slices.drop(peer);
    service.drop(peer, true);
    requester.drop(peer, new TabmeshError('lost', 'pod', 'It is not in the pod any more.'), true);
  }

  /** It stays a member, and may be reached again. */
  connection(peer: PeerId, reason: TabmeshError): void {
    const { service, requester } = this.#parts;
    service.drop(peer, false);
    requester.drop(peer, reason, false);
  }

  device(reason: string): void {
    const { meter, measuring } = this.#parts;
    meter.reset();
    measuring?.restart();
    this.#loaded(reason);
  }

  /** What is stored is not what was loaded: all of it is loaded anew, and what it lacks fetched. */
  weights(): void {
    this.#loaded('Some of the weights here were wrong. They are fetched anew.');
  }

  #loaded(reason: string): void {
    const { heads, drafts, holdings, service, upkeep } = this.#parts;
    heads.lose();
    drafts?.lose();
    holdings.lose();
    // Nobody may find a chain through the layers that are gone.
    upkeep.now();
    service.failAll(new TabmeshError('lost', 'engine', reason));
  }
}
