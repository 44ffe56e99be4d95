/** Whether this peer lends what its person lets it lend, and if not, why. */
import type { Clock } from '../base/clock.ts';
import { hourLookMs } from '../base/limits.ts';
import { type Live, LiveValue } from '../base/live.ts';
import { Turns } from '../base/turns.ts';
import type { GivingLimits } from '../pod/giving.ts';
import type { Pod } from '../pod/pod.ts';
import type { Store } from '../store/store.ts';
import { BusyDevice } from './busy-device.ts';
import {
  type ContributionChange,
  type ContributionSettings,
  changedContribution,
  keepContribution,
  keptContribution,
} from './contribution-settings.ts';
import type { Lending } from './lending.ts';
import { isWithinHours } from './lending-hours.ts';
import type { Siblings } from './siblings.ts';
import type { Surroundings } from './surroundings.ts';

/** Why nothing is lent although its person said so. */
export type PauseReason = 'hours' | 'battery' | 'metered' | 'busy' | 'typing';

export type ContributionState =
  /** `unasked`: its person has said neither yes nor no so far. */
  | { readonly kind: 'off'; readonly unasked?: true }
  /** Nothing new begins; so many answers of others are still under way. */
  | { readonly kind: 'ending'; readonly answers: number }
  | { readonly kind: 'paused'; readonly why: PauseReason }
  | {
      readonly kind: 'lending';
      /** Others are slower here meanwhile: they wait for an answer of its own, or the browser slows a hidden tab. */
      readonly slowedBy?: 'own-answer' | 'hidden';
      /** It would pause, had its person not said otherwise. */
      readonly despite?: PauseReason;
    };

export interface ContributionFace {
  readonly state: Live<ContributionState>;
  readonly settings: Live<ContributionSettings>;
  start(): Promise<void>;
  /** For all tabs of the browser; it holds at once where it lends. Throws TabmeshError('invalid'). */
  change(change: ContributionChange): Promise<void>;
  /** `finish`: what others have begun here ends in its own time. `now`: they take it elsewhere. */
  stop(how: 'finish' | 'now'): Promise<void>;
  /** Lends in spite of the present reason to pause, until that is over. */
  resumeAnyway(): void;
}

export interface ContributionParts {
  readonly store: Store;
  readonly lending: Lending;
  readonly pod: Pick<Pod, 'state' | 'given' | 'endForOthers'>;
  readonly surroundings: Surroundings;
  readonly siblings?: Siblings | undefined;
  readonly clock: Clock;
  /** By the device's own clock. */
  readonly hour: () => number;
  /** Where its person has not chosen. */
  readonly usual: ContributionSettings;
}

export class Contribution implements ContributionFace {
  readonly state = new LiveValue<ContributionState>({ kind: 'off' });
  readonly settings: LiveValue<ContributionSettings>;
  /** What this tab lends now. */
  readonly bytes = new LiveValue(0);
  readonly limits: LiveValue<GivingLimits>;
  readonly #parts: ContributionParts;
  readonly #device: BusyDevice;
  #cancelLook = () => {};
  readonly #unsubscribe: (() => void)[];
  #despite: PauseReason | undefined;
  /** A slider that is moved while another one's change is being kept must not bring the old value back. */
  readonly #turns = new Turns();

  private constructor(parts: ContributionParts, settings: ContributionSettings) {
    this.#parts = parts;
    this.settings = new LiveValue(settings);
    this.limits = new LiveValue(limitsOf(settings));
    const { lending, pod, surroundings, siblings } = parts;
    this.#device = new BusyDevice(surroundings.pressure, parts.clock);
    const look = () => this.#look();
    this.#unsubscribe = [
      lending.bytes.subscribe(look),
      lending.share.subscribe(look),
      pod.state.subscribe(look),
      pod.given.subscribe(look),
      surroundings.onBattery.subscribe(look),
      surroundings.metered.subscribe(look),
      surroundings.hidden.subscribe(look),
      surroundings.typing.subscribe(look),
      this.#device.busy.subscribe(look),
    ];
    siblings?.onNews(() => void this.#reread().catch(() => {}));
    const lookAgain = () => {
      this.#cancelLook = parts.clock.after(hourLookMs, lookAgain);
      if (this.settings.peek().hours) look();
    };
    lookAgain();
  }

  static async open(parts: ContributionParts): Promise<Contribution> {
    return new Contribution(parts, (await keptContribution(parts.store)) ?? parts.usual);
  }

  start(): Promise<void> {
    this.#despite = undefined;
    return this.#turns.take(() => this.#parts.lending.set(this.settings.peek().memoryBytes));
  }

  change(change: ContributionChange): Promise<void> {
    return this.#turns.take(() => this.#change(change));
  }

  async #change(change: ContributionChange): Promise<void> {
    const { store, lending, siblings } = this.#parts;
    const settings = changedContribution(this.settings.peek(), change);
    await keepContribution(store, settings);
    // First: what is lent is taken for the wish wherever the two differ.
    const lends = lending.bytes.peek() > 0;
    if (lends) await lending.set(settings.memoryBytes);
    this.#take(settings);
    if (!lends) siblings?.tell();
  }

  stop(how: 'finish' | 'now'): Promise<void> {
    return this.#turns.take(() => this.#stop(how));
  }

  async #stop(how: 'finish' | 'now'): Promise<void> {
    const { store, lending, pod } = this.#parts;
    // So that it begins again with as much, after a reload too.
    await keepContribution(store, this.settings.peek());
    await lending.set(0);
    if (how === 'now') pod.endForOthers();
  }

  resumeAnyway(): void {
    const state = this.state.peek();
    if (state.kind !== 'paused') return;
    this.#despite = state.why;
    this.#look();
  }

  close(): void {
    for (const stop of this.#unsubscribe) stop();
    this.#device.close();
    this.#cancelLook();
  }

  async #reread(): Promise<void> {
    const kept = await keptContribution(this.#parts.store);
    if (kept && JSON.stringify(kept) !== JSON.stringify(this.settings.peek())) this.#take(kept);
  }

  #take(settings: ContributionSettings): void {
    this.settings.set(settings);
    this.limits.set(this.#limits(isTypingPause(this.state.peek())));
    this.#look();
  }

  #limits(beginsLate: boolean): GivingLimits {
    return { ...limitsOf(this.settings.peek()), ...(beginsLate ? { beginsLate } : {}) };
  }

  #look(): void {
    const { lending, pod, surroundings, hour } = this.#parts;
    const lent = lending.bytes.peek();
    // Whoever joins a pod says how much at its door.
    if (lent > 0 && lent !== this.settings.peek().memoryBytes)
      this.settings.update(settings => ({ ...settings, memoryBytes: lent }));
    const { always, hours } = this.settings.peek();
    const { answers, ownAnswers } = pod.given.peek();
    this.#device.idle(answers + ownAnswers === 0);
    const seen: Seen = {
      lends: lent > 0,
      asked: lending.chosen,
      always,
      inHours: hours === undefined || isWithinHours(hours, hour()),
      // Where nobody else is there is nobody to save for, and its own questions need the layers.
      inCompany: pod.state.peek().members.length > 1,
      answers,
      ownAnswers,
      onBattery: surroundings.onBattery.peek() ?? false,
      metered: surroundings.metered.peek(),
      hidden: surroundings.hidden.peek(),
      busy: this.#device.busy.peek(),
      typing: surroundings.typing.peek(),
      despite: this.#despite,
    };
    if (this.#despite && reasonOf(seen) !== this.#despite) this.#despite = undefined;
    const next = stateOf({ ...seen, despite: this.#despite });
    const types = isTypingPause(next);
    const bytes = next.kind === 'lending' || types ? lending.share.peek() : 0;
    if (types !== (this.limits.peek().beginsLate ?? false)) this.limits.set(this.#limits(types));
    if (JSON.stringify(next) !== JSON.stringify(this.state.peek())) this.state.set(next);
    if (bytes !== this.bytes.peek()) this.bytes.set(bytes);
  }
}

export interface Seen {
  readonly lends: boolean;
  readonly asked: boolean;
  readonly always: boolean;
  readonly inHours: boolean;
  readonly inCompany: boolean;
  readonly answers: number;
  readonly ownAnswers: number;
  readonly onBattery: boolean;
  readonly metered: boolean;
  readonly hidden: boolean;
  readonly busy: boolean;
  readonly typing: boolean;
  readonly despite?: PauseReason | undefined;
}

export function stateOf(seen: Seen): ContributionState {
  const { lends, asked, always, answers, ownAnswers, hidden, despite } = seen;
  if (!lends && answers > 0) return { kind: 'ending', answers };
  if (!lends) return { kind: 'off', ...(asked ? {} : { unasked: true }) };
  const why = reasonOf(seen);
  if (why && why !== despite) return { kind: 'paused', why };
  const slowedBy = !always && ownAnswers > 0 ? 'own-answer' : hidden ? 'hidden' : undefined;
  return {
    kind: 'lending',
    ...(slowedBy ? { slowedBy } : {}),
    ...(why ? { despite: why } : {}),
  };
}

function reasonOf({
  lends,
  always,
  inHours,
  inCompany,
  onBattery,
  metered,
  busy,
  typing,
  ownAnswers,
}: Seen): PauseReason | undefined {
  if (!lends || !inCompany) return undefined;
  if (!inHours) return 'hours';
  if (always) return undefined;
  if (onBattery) return 'battery';
  if (metered) return 'metered';
  if (busy) return 'busy';
  // An answer of its own has a rule of its own, which lets two that ask each other go on.
  return typing && ownAnswers === 0 ? 'typing' : undefined;
}

/**
 * The one pause that comes and goes with every sentence, so that it has to cost nothing: nothing is said to the pod, no plan is made
 * anew, and layers stay on the device. Only what others would begin waits. So letters appear at once, where passes on the same device and chunks of 8 MB
 * on the page's own thread would hold them up, and the question that is being written finds the device free.
 */
const isTypingPause = (state: ContributionState): boolean =>
  state.kind === 'paused' && state.why === 'typing';

const limitsOf = ({ computeShare, uploadBytesPerSecond, always }: ContributionSettings): GivingLimits => ({
  computeShare,
  ownFirst: !always,
  ...(uploadBytesPerSecond === undefined ? {} : { uploadBytesPerSecond }),
});
