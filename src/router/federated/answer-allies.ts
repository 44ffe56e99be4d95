/** Answers members of other pods out of our own: nobody with our keys is asked, and no third pod. */
import type { PeerId, PodId } from '../../base/brand.ts';
import type { Clock } from '../../base/clock.ts';
import { TabmeshError } from '../../base/error.ts';
import { podMembersMax } from '../../base/limits.ts';
import { dayAt, type Period } from '../../ledger/budget.ts';
import { type Booking, SpendingBook } from '../../ledger/spending-book.ts';
import type { Federation, FederationLimits, Pass } from '../../pod/federation/federation.ts';
import type { Pod, PodModel } from '../../pod/pod.ts';
import { fitContacts } from '../../pod/pod-message.ts';
import { isShareable } from '../../pod/shareable.ts';
import type { Store } from '../../store/store.ts';
import type { Destination } from '../destination.ts';
import type { Terms } from '../remote/complete-message.ts';
import type { Allies, AskedByPeer } from '../remote/complete-service.ts';
import type { CompletionEvent } from '../request.ts';
import { estimate } from '../treasury/estimate.ts';
import { partOf, RequestRate } from './request-rate.ts';

export interface AnswerAlliesParts {
  readonly self: PeerId;
  readonly pod: Pick<Pod, 'state' | 'federation'>;
  readonly inPod: Destination;
  /** An answer of this peer's own, or for another pod, is under way. */
  readonly isBusy: () => boolean;
  readonly store: Store;
  readonly clock: Clock;
  /** Milliseconds since 1970. */
  readonly date: () => number;
}

/** A token costs one, so that a book of amounts is one of tokens. */
const perToken = { input: 1_000_000, output: 1_000_000 };

export interface FederatedFace {
  /** Who asked what at this peer, the latest first; amounts are tokens. */
  audit(pod: PodId): Promise<readonly Booking[]>;
}

export class AnswerAllies implements Allies, FederatedFace {
  readonly #parts: AnswerAlliesParts;
  readonly #rates = new Map<PodId, RequestRate>();
  readonly #books = new Map<PodId, Promise<SpendingBook>>();

  constructor(parts: AnswerAlliesParts) {
    this.#parts = parts;
  }

  admit(peer: PeerId, pass: Pass): Promise<Federation> {
    return this.#parts.pod.federation.admit(peer, pass);
  }

  async terms(peer: PeerId, pass: Pass): Promise<Terms> {
    await this.admit(peer, pass);
    const { pod } = this.#parts;
    const contacts = fitContacts(pod.federation.contacts().slice(0, podMembersMax));
    return { models: this.#shared().map(({ name }) => name), contacts };
  }

  /** What is left of a pod's limits counts at this peer alone: it keeps its own part of them. */
  async *answer(
    { peer, id, request, pass }: AskedByPeer & { readonly pass: Pass },
    signal: AbortSignal,
  ): AsyncGenerator<CompletionEvent, void, void> {
    const link = await this.admit(peer, pass);
    const { inPod, isBusy } = this.#parts;
    if (!this.#shared().some(({ name }) => name === request.model))
      throw new TabmeshError('not-found', 'router', 'This pod has no such model for other pods (now).');
    const refusal = await inPod.refusal(request);
    if (refusal) throw refusal;
    if (isBusy()) throw full('This peer answers its own pod now. Ask another member of it, or again.', 5_000);
    const most = this.#part(link.limits);
    const waitMs = this.#rate(link.pod).take(most.requestsPerMinute);
    if (waitMs > 0) throw full('Your pod has asked this peer as often as the pods agreed on.', waitMs);
    const book = await this.#book(link.pod);
    let tokens = 0;
    const made = await book.reserve(today => {
      const spent = [...book.held(today as string as Period).values()].reduce((sum, each) => sum + each, 0);
      const room = estimate(perToken, request, Math.max(0, most.tokensPerDay - spent));
      if (room.tokens < 1)
        throw full(
          'Your pod has had as many tokens of this peer today as the pods agreed on.',
          this.#toMidnight(),
        );
      tokens = room.tokens;
      return { id, peer, model: request.model, amount: room.amount };
    });
    let began = false;
    let ended = false;
    try {
      for await (const event of inPod.complete({ ...request, maxTokens: tokens }, signal)) {
        began ||= event.kind !== 'step';
        if (event.kind === 'end') {
          ended = true;
          const { promptTokens, completionTokens } = event.usage;
          await book.settle(made, {
            amount: promptTokens + completionTokens,
            promptTokens,
            completionTokens,
          });
        }
        yield event;
      }
    } finally {
      // One that broke off has been computed as far as it came, its prompt first, which may be nearly all of it.
      if (!ended) await (began ? book.lose(made) : book.release(made));
    }
  }

  async audit(pod: PodId): Promise<readonly Booking[]> {
    return (await this.#book(pod)).bookings;
  }

  #book(pod: PodId): Promise<SpendingBook> {
    const { self, store, date } = this.#parts;
    const known = this.#books.get(pod);
    if (known) return known;
    const opened = SpendingBook.open(store, `federation/${self}/${pod}`, date);
    this.#books.set(pod, opened);
    opened.catch(() => this.#books.delete(pod));
    return opened;
  }

  #shared(): readonly PodModel[] {
    return this.#parts.pod.state.peek().models.filter(({ id }) => isShareable(id));
  }

  #part({ requestsPerMinute, tokensPerDay }: FederationLimits): FederationLimits {
    const { self, pod } = this.#parts;
    const members = (pod.state.peek().document?.members ?? [])
      .filter(({ role }) => role !== 'viewer')
      .map(each => each.peer);
    return {
      requestsPerMinute: partOf(requestsPerMinute, members, self),
      tokensPerDay: partOf(tokensPerDay, members, self),
    };
  }

  #rate(pod: PodId): RequestRate {
    const rate = this.#rates.get(pod) ?? new RequestRate(this.#parts.clock);
    this.#rates.set(pod, rate);
    return rate;
  }

  #toMidnight(): number {
    const now = this.#parts.date();
    return Date.parse(dayAt(now)) + 86_400_000 - now;
  }
}

const full = (reason: string, retryAfterMs: number): TabmeshError =>
  new TabmeshError('full', 'router', reason, { retryAfterMs });
