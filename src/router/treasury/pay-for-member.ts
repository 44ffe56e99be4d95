import { isKind, TabmeshError } from '../../base/error.ts';
import { renewedAt } from '../../ledger/budget.ts';
import type { Destination } from '../destination.ts';
import type { AnswerPeer } from '../remote/complete-service.ts';
import type { CompletionRequest } from '../request.ts';
import { type Estimate, estimate } from './estimate.ts';
import { Reserved } from './reserved.ts';
import type { Treasury } from './treasury.ts';

/**
 * The payer's side: what the answer costs at most is reserved before the provider is asked, and what it really cost is booked after.
 * This peer alone sees the provider's count, so its book is the one that counts, and its day is the day.
 */
export const payForMember = (treasury: Treasury): AnswerPeer =>
  async function* ({ peer, id, request }, signal) {
    const { self, ownKeys, date } = treasury.parts;
    const book = await treasury.book(self);
    let reserved: Reserved | undefined;
    const bill = (cost: number) => {
      const { period } = treasury.accountsIn(book, self);
      return { kind: 'bill', bill: { cost, spent: book.spent(period).get(peer) ?? 0 } } as const;
    };
    const price = treasury.prices(self).get(request.model);

    try {
      if (!price) throw noPrice(request.model);
      const destination = await serving(await ownKeys(), request);
      let most: Estimate | undefined;
      const made = await book.reserve(today => {
        const { of, budget } = treasury.accountsIn(book, self);
        most = estimate(price, request, of.get(peer)?.left ?? 0);
        if (most.tokens < 1) throw usedUp(renewedAt(budget, today), date());
        return { id, peer, model: request.model, amount: most.amount };
      });
      reserved = new Reserved(book, made, price);
      const paid = { ...request, maxTokens: most!.tokens };
      for await (const event of destination.complete(paid, signal)) {
        reserved.hear(event);
        if (event.kind === 'end') yield bill(await reserved.settle(event.usage));
        yield event;
      }
    } catch (error) {
      yield bill((await reserved?.fail(error, signal)) ?? 0);
      throw error;
    } finally {
      await reserved?.unsaid();
    }
  };

/** The key that serves the model as it is named; other models that the request allows have other prices. */
async function serving(
  destinations: readonly Destination[],
  request: CompletionRequest,
): Promise<Destination> {
  let refused: TabmeshError | undefined;
  for (const destination of destinations) {
    const refusal = await destination.refusal(request);
    if (!refusal) return destination;
    if (!isKind(refusal, 'not-found')) refused = refusal;
  }
  throw refused ?? new TabmeshError('not-found', 'router', 'The treasury has no key for this model now.');
}

export const noPrice = (model: string) =>
  new TabmeshError(
    'not-found',
    'router',
    `The treasury has no price for "${model.slice(0, 100)}", so it does not pay for it. Ask its owner to set one.`,
  );

export function usedUp(renewed: number | undefined, now: number): TabmeshError {
  const when =
    renewed === undefined ? '' : ` It is new at ${new Date(renewed).toISOString().slice(0, 16)} UTC.`;
  return new TabmeshError(
    'full',
    'router',
    `Your allowance does not pay for this.${when} Ask for less, or ask another member to hand on part of its own (Pod, Budget).`,
    renewed === undefined ? {} : { retryAfterMs: Math.max(0, renewed - now) },
  );
}
