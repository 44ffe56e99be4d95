/** The pod as the rest of the house sees it. A peer without a pod is alone in one: itself. */
import type { ModelId, PeerId, PodId } from '../base/brand.ts';
import type { ErrorRecord } from '../base/error.ts';
import type { Live } from '../base/live.ts';
import type { Restraint } from '../engine/restraint.ts';
import type { Drawn, Sampling } from '../engine/stage.ts';
import type { Said } from './document/may.ts';
import type { EntryTopic, InviteId, InviteRole, Role } from './document/statement.ts';
import type { DocumentView } from './document/view.ts';
import type { PodFederation } from './federation/federation.ts';
import type { Given } from './giving.ts';
import type { Member } from './member.ts';
import type { Plan, Spread } from './plan.ts';
import type { PlanPreview, PlanWish } from './preview.ts';

export interface PodState {
  /** Undefined while alone. */
  readonly id?: PodId;
  readonly name?: string;
  readonly self: PeerId;
  /** How its plans spread layers, as its owners and admins have set it. */
  readonly spread: Spread;
  /** Positions of a conversation that they keep room for, where these have set it. */
  readonly context?: number;
  readonly members: readonly Member[];
  /** What the pod serves; each can be opened by every member from its id. */
  readonly models: readonly PodModel[];
  /** What all who hold the pod's document agree on, those who are away included; undefined while alone. */
  readonly document?: DocumentView;
  /** The latest last; each is told once. */
  readonly warnings?: readonly Warning[];
}

/** What a member did that it must not, and what became of it. */
export interface Warning {
  readonly peer: PeerId;
  /** For people: "Blue-Heron sent ... It was refused." */
  readonly text: string;
  /** Milliseconds since 1970. */
  readonly at: number;
}

export interface ShareOptions {
  readonly signal?: AbortSignal | undefined;
  /** How much of the file has been read. */
  readonly onBytes?: ((done: number, total: number) => void) | undefined;
}

export interface PodModel {
  readonly id: ModelId;
  /** As the API names it. */
  readonly name: string;
  readonly plan?: Plan;
  /** Why there is no plan: it does not fit, or its header cannot be read. Neither: the header is being read. */
  readonly problem?: ErrorRecord;
}

export interface InviteOptions {
  /** A member where nothing is said. */
  readonly role?: InviteRole;
  /** How many peers may come by it; one where nothing is said. */
  readonly uses?: number;
  /** Milliseconds from now; 72 hours where nothing is said, and 0 is never. */
  readonly expiresInMs?: number;
}

export interface InvitePreview {
  readonly podName: string;
  readonly inviterName: string;
  readonly role: InviteRole;
  readonly uses: number;
  /** Milliseconds since 1970; 0 is never. */
  readonly expires: number;
  readonly models: readonly {
    readonly name: string;
    /** Bytes of layers that this peer would fetch and hold, by what it would lend and the members lent then. */
    readonly layerBytes: number;
    /** Bytes that it would fetch beside them once it asks this model itself. */
    readonly headBytes: number;
  }[];
}

/** What members decide by the pod's document. Rejects with 'denied' where this peer's role may not. */
export interface PodGovernance {
  /** Nobody can come by it any more who has not yet. */
  revoke(invite: InviteId): Promise<void>;
  /** Rejects with 'denied' for whom this peer may not change, as the next ones do where it may not. */
  setRole(peer: PeerId, role: Role): Promise<void>;
  /** Cuts a member off for good, and gives all others a new key. */
  remove(peer: PeerId): Promise<void>;
  rename(name: string): Promise<void>;
  /** Ends the pod for everybody who hears of it. */
  dissolve(): Promise<void>;
  /** Says something for another room (see entryTopics); `document.entries` has it once this resolves. */
  note(topic: EntryTopic, key: string, value: unknown): Promise<void>;
  /** Whether this peer may say so now, so that nobody is offered what would be denied. False in no pod. */
  may(said: Said): boolean;
}

export interface Pod extends PodGovernance {
  readonly state: Live<PodState>;
  /** With other pods; `state.document.federations` are those that hold. */
  readonly federation: PodFederation;
  /** What this peer gives to the others. */
  readonly given: Live<Given>;
  /** Ends at once what it computes for others, who take it elsewhere. What it lends stays as it is. */
  endForOthers(): void;
  /** Two words for people, the same at every member, of whoever is or was in the pod or never will be. */
  nameOf(peer: PeerId): string;
  /** A peer is in one pod at a time: creating or joining another leaves the present one. */
  create(name: string): Promise<void>;
  /**
   * A link to `page` with the invite's own key in its fragment, which lets in as many as it says until it expires or is
   * revoked. It names this peer, then the members that are present now, then those that broke off without a goodbye;
   * three at most. Rejects with 'denied' for a role that may not invite so.
   */
  invite(page: string, options?: InviteOptions): Promise<string>;
  /** What a link promises, with nothing sent to anybody; `lendBytes` is what this peer would lend. */
  preview(link: string, lendBytes?: number): InvitePreview;
  /**
   * Calls all peers that the link names at once; the first to answer takes us in. For the pod that we are in it calls
   * those that are not members here. Rejects with 'denied' or 'full' where a member says so, with 'unavailable' where
   * nobody answers within 25 s or the link names only this peer, and with 'cancelled' where another create, join, restore or leave comes in between.
   */
  join(link: string, signal?: AbortSignal): Promise<void>;
  /**
   * Goes back into a pod that this peer was in, by what it has stored of it. Where nobody answers within 8 s it is alone
   * in it: others find it, and those that it knew are called for an hour. Rejects with 'not-found' where nothing is
   * stored, with 'denied' where its own document says that it is not a member any more, and with 'cancelled' as `join`.
   */
  restore(id: PodId, signal?: AbortSignal): Promise<void>;
  /** Gives up the membership; coming again takes an invite. A peer that only closes stays a member (see restore). */
  leave(): Promise<void>;
  /**
   * Adds a model to what this peer serves in whatever pod it is; the pod serves it as long as a member does. A file
   * (`file:...`) is for this peer alone, and nobody is told of it; so is a link with a password or key in it, which in
   * company is refused as 'denied'. 'full' beyond 16 models. A name that another model has already stays with that
   * one, and this goes by its id.
   */
  serve(model: ModelId, name: string): Promise<void>;
  /**
   * Serves a file of this device in the pod: it is read once to name it by its content, and from then on members get
   * from this peer, and from each other, what their layers need. Answers its id, which is the same for everybody who has
   * the same file. 'unsupported' for what is no lone file of this device.
   */
  share(model: ModelId, name: string, options?: ShareOptions): Promise<ModelId>;
  /** For all plans of this pod, at every member. Rejects with 'denied' but for owners and admins. */
  setSpread(spread: Spread): Promise<void>;
  /**
   * Positions of the conversation that all plans of this pod keep room for; 0: as they usually do. Rejects as `setSpread`, and with
   * 'invalid' out of range.
   */
  setContext(positions: number): Promise<void>;
  /**
   * What the plan of a model would be, whether the pod serves it or not; of one that it does not, after all that it does. Reads
   * the header where that is not open yet and rejects as that does; changes nothing.
   */
  planFor(model: ModelId, wish?: PlanWish, signal?: AbortSignal): Promise<PlanPreview>;
  /** Starts one answer over the stages of the pod. Text and tokens stay with the caller. */
  generate(request: GenerateRequest, signal?: AbortSignal): AsyncGenerator<GenerateEvent, void, void>;
}

export interface GenerateRequest {
  readonly model: ModelId;
  readonly prompt: readonly number[];
  readonly maxTokens: number;
  readonly sampling: Sampling;
  /** So many of the likeliest tokens come with each token, and how likely they were (see Head.next). */
  readonly likeliest?: number | undefined;
  readonly steering?: Steering | undefined;
  /** Tokens that end the answer; the one met is not yielded. */
  readonly endTokens: ReadonlySet<number>;
}

/** Holds an answer to a form, or makes tokens more or less likely, token by token. It stays with the caller. */
export interface Steering {
  /**
   * What the next draw keeps to; 'end' where nothing but the end can follow. Asked for again where a draw is lost with its
   * device. Rejects where the answer cannot go on.
   */
  next(signal: AbortSignal): Promise<Restraint | 'end' | undefined>;
  /** What was drawn; work on the next restraint may begin, while the stages compute. */
  accept(token: number): void;
}

export interface Hop {
  readonly peer: PeerId;
  readonly name: string;
  readonly device: string;
  readonly first: number;
  readonly last: number;
}

export type GenerateEvent =
  | { readonly kind: 'step'; readonly step: Step }
  /** `cached`: tokens of the prompt that the hops hold from an earlier answer, so that they need not read them again. */
  | { readonly kind: 'route'; readonly hops: readonly Hop[]; readonly cached: number }
  | ({ readonly kind: 'token' } & Drawn)
  | { readonly kind: 'end'; readonly reason: 'stop' | 'length' };

/** Where the wait is, for people; `done` of `total` where it can be counted. */
export interface Step {
  readonly name: 'peers' | 'load' | 'prefill' | 'takeover';
  readonly text: string;
  /** What a takeover came of, for those who read of it later: "Blue-Heron left." */
  readonly cause?: string;
  readonly done?: number;
  readonly total?: number;
  readonly unit?: 'bytes' | 'layers' | 'tokens';
}
