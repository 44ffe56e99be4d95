import type { PeerId } from '../base/brand.ts';
import type { Clock } from '../base/clock.ts';
import { type Live, LiveValue } from '../base/live.ts';
import type { Random } from '../base/random.ts';
import type { LastingEngine } from '../engine/lasting-engine.ts';
import type { ModelLibrary } from '../model/library.ts';
import type { Network } from '../network/network.ts';
import { AssembledPod } from './assembled-pod.ts';
import type { DocumentParts } from './document/pod-document.ts';
import type { FindDraft } from './draft-models.ts';
import type { Drafter } from './drafter.ts';
import { FederationDesk } from './federation/federation-desk.ts';
import { followOutside } from './follow-outside.ts';
import { Giving, type GivingLimits } from './giving.ts';
import { Headers } from './headers.ts';
import { Heads } from './heads.ts';
import { Holdings } from './holdings.ts';
import { offersOf } from './invite-preview.ts';
import { LentMemory } from './lent-memory.ts';
import { Links, type Message } from './links.ts';
import { Losses } from './losses.ts';
import { Membership } from './membership.ts';
import { OwnAnswers } from './own-answers.ts';
import { OwnDrafts } from './own-drafts.ts';
import { sum } from './plan.ts';
import { PlanFollower } from './plan-follower.ts';
import { PlanPreviews } from './plan-previews.ts';
import type { Pod, PodState } from './pod.ts';
import { PresentState } from './present-state.ts';
import { ReplayRoom } from './replay-log.ts';
import { Requester } from './requester.ts';
import { SelfMeasure } from './self-measure.ts';
import { SelfReport } from './self-report.ts';
import { ServedModels } from './served-models.ts';
import { Slices } from './slices.ts';
import type { Drafting } from './speculation.ts';
import { SpeedMeter } from './speed.ts';
import { StageService } from './stage-service.ts';
import { TriedHeaders } from './tried-headers.ts';
import { Upkeep } from './upkeep.ts';

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
  const { network, engine, library, clock, random, findDraft } = parts;
  const { self } = network;
  const documents = { ...parts.documents, self };
  const state = new LiveValue<PodState>({ self, spread: 'fast', members: [], models: [] });
  const served = new ServedModels();
  const meter = new SpeedMeter();
  const room = new ReplayRoom();
  const onChange = () => upkeep.soon();
  const isMember = (peer: PeerId): boolean => peer === self || membership.has(peer);
  const memoryBytes = (): number => memory.bytes();
  const send = (to: PeerId, message: Message): void => links.send(to, message);

  const giving = new Giving(self, clock);
  const slices = new Slices({
    network,
    clock,
    random,
    library,
    isMember: peer => membership.has(peer),
    members: () => membership.members().map(({ peer }) => peer),
    lends: () => memoryBytes() > 0,
    giving,
    nameOf: id => served.shared().find(({ model }) => model === id)?.name,
    onChange,
    onForgotten: () => losses.weights(),
  });
  const headers = new Headers(library, clock, onChange);
  const heads = new Heads(engine, library);
  const cacheBytes = (): number => service.cacheBytes;
  const holdings = new Holdings({ engine, library, clock, meter, cacheBytes, onChange });
  const measuring = parts.measures ? new SelfMeasure({ engine, clock, meter, onChange }) : undefined;
  const service = new StageService({ self, clock, holdings, giving, isMember, memoryBytes, room, send });
  const requester = new Requester({
    ...parts,
    self,
    heads,
    state,
    room,
    send,
    modelDrafter: (request, run) => drafts?.drafter(request, run),
  });
  const links = new Links({
    network,
    clock,
    isMember,
    expectsRows: (...rows) => requester.expectsRows(...rows) || service.expectsRows(...rows),
    onMessage: (from, message) => {
      if (!requester.handle(from, message)) service.handle(from, message);
    },
    onBroken: (peer, reason) => losses.connection(peer, reason),
    onGarbage: (peer, reason) => membership.cut(peer, reason),
  });
  const membership: Membership = new Membership({
    network,
    clock,
    random,
    record: () => report.record(),
    documents,
    offers: () => offersOf(served.shared(), model => headers.read(model)),
    lentBytes: () => sum(state.peek().members.map(each => each.memoryBytes)),
    onChange,
    onGone: peer => losses.member(peer),
  });
  const federation = new FederationDesk({ self, membership, documents, clock, random });

  const memory = new LentMemory({ self, membership, holdings, memoryBytes: parts.memoryBytes });
  const drafts = findDraft
    ? new OwnDrafts({ self, engine, library, clock, random, findDraft, state, memory, service, giving })
    : undefined;
  const report: SelfReport = new SelfReport({
    network,
    engine,
    membership,
    headers,
    holdings,
    served,
    memory,
    meter,
    giving,
    hidden: parts.hidden,
  });
  const present = new PresentState({ network, membership, slices, served, headers, report });
  const follower = new PlanFollower({ membership, served, headers, holdings, memory, measuring });
  const upkeep = new Upkeep({
    self,
    state,
    present,
    membership,
    served,
    heads,
    headers,
    holdings,
    follower,
    service,
    drafts,
    federation,
    report,
  });
  const losses = new Losses({
    links,
    slices,
    service,
    requester,
    meter,
    measuring,
    heads,
    drafts,
    holdings,
    upkeep,
  });
  const answers = new OwnAnswers({ requester, served, giving, slices, measuring, upkeep });
  const previews = new PlanPreviews({ state, served, headers, tried: new TriedHeaders(library) });

  const unfollow = followOutside({ ...parts, giving, losses, onChange });
  upkeep.now();
  const close = async () => {
    upkeep.close();
    unfollow();
    requester.close();
    federation.close();
    await membership.close();
    service.close();
    giving.close();
    slices.close();
    headers.close();
    measuring?.close();
    links.close();
    await holdings.clear();
    heads.close();
    drafts?.close();
  };
  return new AssembledPod({
    self,
    state,
    federation,
    given: giving.given,
    membership,
    served,
    slices,
    service,
    answers,
    previews,
    upkeep,
    close,
  });
}
