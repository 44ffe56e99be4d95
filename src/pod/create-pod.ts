import type { ModelId, PeerId, PodId } from '../base/brand.ts';
import type { Clock } from '../base/clock.ts';
import { TabmeshError } from '../base/error.ts';
import { type Live, LiveValue } from '../base/live.ts';
import type { Random } from '../base/random.ts';
import type { LastingEngine } from '../engine/lasting-engine.ts';
import type { ModelLibrary } from '../model/library.ts';
import type { Network } from '../network/network.ts';
import { peerName } from '../network/peer-name.ts';
import { isAllowed, type Said } from './document/may.ts';
import type { DocumentParts } from './document/pod-document.ts';
import type { EntryTopic, InviteId, Role } from './document/statement.ts';
import type { FindDraft } from './draft-models.ts';
import type { Drafter } from './drafter.ts';
import { FederationDesk } from './federation/federation-desk.ts';
import { type Given, Giving, type GivingLimits } from './giving.ts';
import { Headers } from './headers.ts';
import { Heads } from './heads.ts';
import { Holdings } from './holdings.ts';
import { offersOf, previewOf } from './invite-preview.ts';
import { LentMemory, mayLend } from './lent-memory.ts';
import { Links, type Message } from './links.ts';
import type { Member } from './member.ts';
import { memberOf, spreadOf } from './member-record.ts';
import { checkName, Membership } from './membership.ts';
import { OwnAnswers } from './own-answers.ts';
import { OwnDrafting } from './own-drafting.ts';
import type { Spread } from './plan.ts';
import { PlanMemory } from './plan-models.ts';
import { PlanPreviews } from './plan-previews.ts';
import { servedPlannable } from './plannable.ts';
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
import { ReplayRoom } from './replay-log.ts';
import { Requester } from './requester.ts';
import { SelfMeasure } from './self-measure.ts';
import { SelfReport } from './self-report.ts';
import { ServedModels } from './served-models.ts';
import { refuseSecret } from './shareable.ts';
import { Slices } from './slices.ts';
import type { Drafting } from './speculation.ts';
import { SpeedMeter } from './speed.ts';
import { PodSpread } from './spread.ts';
import { StageService } from './stage-service.ts';
import { TriedHeaders } from './tried-headers.ts';
import { wantsOf } from './wants.ts';

export interface PodParts {
  readonly network: Network;
  readonly engine: LastingEngine;
  readonly library: ModelLibrary;
  readonly clock: Clock;
  readonly random: Random;
  readonly documents: Omit<DocumentParts, 'self'>;
  /** What this peer lends, in bytes. */
  readonly memoryBytes: Live<number>;
  /** Made for each answer. Without it tokens are drafted from the text itself, where it pays by what is measured. */
  readonly drafting?: (model: Drafter | undefined) => Drafting;
  /** Finds a stored model that drafts beside the text itself; where missing, none does. */
  readonly findDraft?: FindDraft;
  /** Whether this peer's tab has been hidden for long; where missing, there is no tab. */
  readonly hidden?: Live<boolean>;
  /** Lets this peer measure itself before it has computed anything; where missing, it waits for its first answers. */
  readonly measures?: boolean;
  /** How much it gives; where missing, all that is asked. */
  readonly limits?: Live<GivingLimits>;
}

/** The engine and the network stay the caller's; `close` leaves the pod and frees what was loaded. */
export function createPod(parts: PodParts): Pod & { close(): Promise<void> } {
  return new WiredPod(parts);
}

/** Hands what happens to whom it concerns, and on every change looks at everything anew. */
class WiredPod implements Pod {
  readonly state: LiveValue<PodState>;
  readonly federation: FederationDesk;
  readonly #parts: PodParts;
  readonly #served = new ServedModels();
  readonly #membership: Membership;
  readonly #memory: LentMemory;
  readonly #report: SelfReport;
  readonly #headers: Headers;
  readonly #previews: PlanPreviews;
  readonly #heads: Heads;
  readonly #holdings: Holdings;
  readonly #links: Links;
  readonly #slices: Slices;
  readonly #giving: Giving;
  readonly #drafting: OwnDrafting | undefined;
  readonly #service: StageService;
  readonly #requester: Requester;
  readonly #answers: OwnAnswers;
  readonly #meter = new SpeedMeter();
  readonly #measuring: SelfMeasure | undefined;
  readonly #spread = new PodSpread();
  readonly #plans = new PlanMemory();
  readonly #trials = new PlanMemory();
  readonly #unsubscribe: (() => void)[];
  #remembered = '';
  #toldState = '';
  #refreshing = false;
  #closed = false;

  constructor(parts: PodParts) {
    const { network, engine, library, clock, random, memoryBytes, documents } = parts;
    const { self } = network;
    this.#parts = parts;
    this.state = new LiveValue<PodState>({ self, spread: 'fast', members: [], models: [] });
    const onChange = () => this.#refresh();
    const isMember = (peer: PeerId) => peer === self || this.#membership.has(peer);
    const send = (to: PeerId, message: Message) => this.#links.send(to, message);
    const lent = () => this.#memory.bytes();
    const giving = new Giving(self, clock);
    this.#giving = giving;
    this.#slices = new Slices({
      network,
      clock,
      library,
      isMember: peer => this.#membership.has(peer),
      members: () => this.#membership.members().map(({ peer }) => peer),
      lends: () => lent() > 0,
      giving,
      nameOf: id => this.#served.shared().find(({ model }) => model === id)?.name,
      onChange,
    });
    this.#headers = new Headers(library, clock, onChange);
    this.#heads = new Heads(engine, library);
    this.#holdings = new Holdings({
      engine,
      library,
      clock,
      meter: this.#meter,
      cacheBytes: () => this.#service.cacheBytes,
      onChange,
    });
    this.#measuring = parts.measures
      ? new SelfMeasure({ engine, clock, meter: this.#meter, onChange })
      : undefined;
    const room = new ReplayRoom();
    const holdings = this.#holdings;
    this.#service = new StageService({
      holdings,
      clock,
      giving,
      self,
      isMember,
      memoryBytes: lent,
      room,
      send,
    });
    this.#requester = new Requester({
      ...parts,
      self,
      heads: this.#heads,
      state: this.state,
      room,
      send,
      modelDrafter: (request, run) => this.#drafting?.drafter(request, run),
    });
    this.#links = new Links({
      network,
      clock,
      isMember,
      expectsRows: (...rows) => this.#requester.expectsRows(...rows) || this.#service.expectsRows(...rows),
      onMessage: (from, message) => {
        if (!this.#requester.handle(from, message)) this.#service.handle(from, message);
      },
      onBroken: (peer, reason) => this.#break(peer, reason, false),
      onGarbage: (peer, reason) => this.#membership.cut(peer, reason),
    });
    this.#membership = new Membership({
      network,
      clock,
      random,
      record: () => this.#report.record(),
      documents: { ...documents, self },
      offers: () => offersOf(this.#served.shared(), model => this.#headers.read(model)),
      lentBytes: () => this.state.peek().members.reduce((sum, each) => sum + each.memoryBytes, 0),
      onChange,
      onGone: peer => {
        this.#links.drop(peer);
        this.#slices.drop(peer);
        this.#break(peer, new TabmeshError('lost', 'pod', 'It is not in the pod any more.'), true);
      },
    });
    this.#memory = new LentMemory({ self, membership: this.#membership, holdings, memoryBytes });
    this.#drafting = parts.findDraft
      ? new OwnDrafting({
          self,
          engine,
          library,
          clock,
          random,
          find: parts.findDraft,
          state: this.state,
          memory: this.#memory,
          service: this.#service,
          giving,
        })
      : undefined;
    this.#report = new SelfReport({
      network,
      engine,
      membership: this.#membership,
      headers: this.#headers,
      holdings,
      served: this.#served,
      spread: this.#spread,
      memory: this.#memory,
      meter: this.#meter,
      giving,
      hidden: parts.hidden,
    });
    this.#answers = new OwnAnswers({
      requester: this.#requester,
      served: this.#served,
      giving,
      slices: this.#slices,
      measuring: this.#measuring,
      onChange: () => this.#update(),
    });
    this.#previews = new PlanPreviews({
      state: this.state,
      served: this.#served,
      headers: this.#headers,
      tried: new TriedHeaders(library),
    });
    this.federation = new FederationDesk({ ...parts, self, membership: this.#membership });
    this.#unsubscribe = [
      memoryBytes.subscribe(onChange),
      ...(parts.limits ? [parts.limits.subscribe(limits => this.#limit(limits))] : []),
      ...(parts.hidden ? [parts.hidden.subscribe(onChange)] : []),
      network.connections.subscribe(onChange),
      network.status.subscribe(onChange),
      engine.device.subscribe(onChange),
      engine.lost.subscribe(reason => this.#loseDevice(reason)),
      giving.given.subscribe(() => this.#drafting?.trim()),
    ];
    this.#update();
  }

  async create(name: string): Promise<void> {
    await this.#membership.create(name);
    this.#update();
  }

  async invite(page: string, options: InviteOptions = {}): Promise<string> {
    return this.#membership.invite(page, options);
  }

  async revoke(invite: InviteId): Promise<void> {
    await this.#membership.say({ kind: 'revoke', invite });
  }

  preview(link: string, lendBytes = 0): InvitePreview {
    return previewOf(link, lendBytes);
  }

  async setRole(peer: PeerId, role: Role): Promise<void> {
    await this.#membership.say({ kind: 'role', peer, role });
  }

  async remove(peer: PeerId): Promise<void> {
    await this.#membership.remove(peer);
  }

  async rename(name: string): Promise<void> {
    await this.#membership.say({ kind: 'rename', name: checkName(name) });
  }

  async dissolve(): Promise<void> {
    await this.#membership.say({ kind: 'dissolve' });
  }

  async note(topic: EntryTopic, key: string, value: unknown): Promise<void> {
    await this.#membership.say({ kind: 'entry', topic, key, value });
  }

  nameOf(peer: PeerId): string {
    return peerName(peer);
  }

  may(said: Said): boolean {
    const view = this.#membership.group?.document.view;
    return view !== undefined && isAllowed(view, this.#parts.network.self, said);
  }

  async join(link: string, signal?: AbortSignal): Promise<void> {
    await this.#membership.join(link, signal);
    this.#update();
  }

  async restore(id: PodId, signal?: AbortSignal): Promise<void> {
    await this.#membership.restore(id, signal);
    this.#update();
  }

  async leave(): Promise<void> {
    await this.#membership.leave();
    this.#update();
  }

  async serve(model: ModelId, name: string): Promise<void> {
    if (this.#membership.members().length > 0) refuseSecret(model);
    this.#served.add(model, name);
    this.#update();
  }

  async share(model: ModelId, name: string, options: ShareOptions = {}): Promise<ModelId> {
    const id = await this.#slices.share(model, options);
    await this.serve(id, name);
    return id;
  }

  setSpread(spread: Spread): void {
    this.#spread.set(spread);
    this.#update();
  }

  planFor(model: ModelId, wish?: PlanWish, signal?: AbortSignal): Promise<PlanPreview> {
    return this.#previews.of(model, wish, signal);
  }

  get given(): Live<Given> {
    return this.#giving.given;
  }

  endForOthers(): void {
    const reason = 'Its person has stopped lending.';
    this.#service.failOthers(new TabmeshError('unavailable', 'pod', reason));
  }

  generate(request: GenerateRequest, signal?: AbortSignal): AsyncGenerator<GenerateEvent, void, void> {
    return this.#answers.generate(request, signal);
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    for (const unsubscribe of this.#unsubscribe) unsubscribe();
    this.#requester.close();
    this.federation.close();
    await this.#membership.close();
    this.#service.close();
    this.#giving.close();
    this.#slices.close();
    this.#headers.close();
    this.#measuring?.close();
    this.#links.close();
    await this.#holdings.clear();
    this.#heads.close();
    this.#drafting?.drop();
  }

  /** Tells whom it concerns that a peer left, or that the connection to it broke. */
  #break(peer: PeerId, reason: TabmeshError, left: boolean): void {
    this.#service.drop(peer, left);
    this.#requester.drop(peer, reason, left);
  }

  #loseDevice(reason: string | undefined): void {
    if (reason === undefined) return;
    this.#meter.reset();
    this.#measuring?.restart();
    this.#heads.lose();
    this.#drafting?.drop();
    this.#holdings.lose();
    // Nobody may find a chain through the layers that are gone.
    this.#update();
    this.#service.failAll(new TabmeshError('lost', 'engine', reason));
  }

  #limit(limits: GivingLimits): void {
    this.#giving.limit(limits);
    this.#refresh();
  }

  /** Changes of one turn are looked at together. */
  #refresh(): void {
    if (this.#refreshing) return;
    this.#refreshing = true;
    queueMicrotask(() => {
      this.#refreshing = false;
      this.#update();
    });
  }

  #update(): void {
    if (this.#closed) return;
    const { network } = this.#parts;
    const { group } = this.#membership;
    const records = this.#membership.members();
    const view = group?.document.view;
    const lends = (peer: PeerId) => mayLend(view, peer);
    this.#served.serve(lends(network.self));
    this.#served.hear(records.map(({ peer, record }) => (lends(peer) ? record.models : [])));
    this.#spread.hear(
      group?.id ?? '',
      records.map(({ record }) => spreadOf(record)),
    );
    const { spread } = this.#spread.setting;
    const served = this.#served.all();
    const ids = new Set(served.map(each => each.model));
    this.#heads.keep(ids);
    this.#headers.keep(ids);
    this.#holdings.keep(ids);
    const connections = network.connections.peek();
    const members = [
      this.#report.member(),
      ...records.map(({ peer, record }) =>
        memberOf(peer, lends(peer) ? record : { ...record, memoryBytes: 0 }, connections),
      ),
    ];
    const plannable = servedPlannable(this.#served, this.#headers, network.self);
    const plans = this.#plans.plans(plannable, members, spread);
    const [{ problems = [], ...trying }, ...others] = members as [Member, ...Member[]];
    const trials = problems.some(each => each.out)
      ? this.#trials.plans(plannable, [trying, ...others], spread)
      : plans;
    const warnings = [...this.#membership.warnings, ...this.#slices.warnings()].sort((a, b) => a.at - b.at);
    const state: PodState = {
      ...(group ? { id: group.id, name: group.name } : {}),
      self: network.self,
      spread,
      members,
      models: served.map(({ model, name }) => ({ id: model, name, ...plans.get(model) })),
      ...(view ? { document: view } : {}),
      ...(warnings.length > 0 ? { warnings } : {}),
    };
    this.#remember(members);
    this.#measure(state);
    // Layers that it had loaded by then might be another's once all know how fast it is.
    if (!this.#membership.isMeeting && !this.#measuring?.isRunning) {
      this.#holdings.want(
        wantsOf(state, trials, id => this.#headers.read(id)),
        this.#memory.bytes(),
      );
    }
    this.#service.trim();
    this.#drafting?.trim();
    this.federation.look();
    const told = JSON.stringify(state);
    const news = told !== this.#toldState;
    this.#toldState = told;
    if (news) this.state.set(state);
    this.#report.announce();
  }

  /** A peer alone has nobody to be compared with; what it has of the plans, or loads for them, leaves less room. */
  #measure({ members, models }: PodState): void {
    const model = this.#served.shared().flatMap(each => this.#headers.read(each.model) ?? [])[0];
    if (!model || members.length < 2 || this.#memory.bytes() === 0 || this.#holdings.loading()) return;
    this.#measuring?.offer(model, this.#memory.spareBytes(models));
  }

  /** Where the others are, for the next start. */
  #remember(members: readonly Member[]): void {
    const present = members.map(each => each.id).join(' ');
    if (present === this.#remembered) return;
    this.#remembered = present;
    // Without it the way back is by an invite.
    this.#membership.remember().catch(() => {});
  }
}
