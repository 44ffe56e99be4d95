import type { PeerId } from '../../base/brand.ts';
import { toHex } from '../../base/bytes.ts';
import { isKind, type TabmeshError } from '../../base/error.ts';
import { renewedAt } from '../../ledger/budget.ts';
import { peerName } from '../../network/peer-name.ts';
import type { Destination } from '../destination.ts';
import { askPeer } from '../remote/ask-peer.ts';
import type { CompletionEvent, CompletionRequest } from '../request.ts';
import { estimate } from './estimate.ts';
import { heldToPurse } from './held-to-purse.ts';
import { noPrice, usedUp } from './pay-for-member.ts';
import type { Treasury } from './treasury.ts';

/** Those members that are here and whose owners let this peer spend. */
export function treasuryDestinations(treasury: Treasury): Destination[] {
  if (!treasury.isInPod) return [];
  const present = new Set(treasury.parts.pod.state.peek().members.map(({ id }) => id));
  return treasury
    .payers()
    .filter(payer => payer !== treasury.parts.self && present.has(payer))
    .map(payer => heldToPurse(createTreasuryDestination(treasury, payer), () => treasury.prices(payer)));
}

/** A provider that another member pays, asked through that member's peer: both read the whole conversation. */
function createTreasuryDestination(treasury: Treasury, payer: PeerId): Destination {
  const { self, network, clock, random, date } = treasury.parts;
  const name = peerName(payer);

  const refusal = async (request: CompletionRequest): Promise<TabmeshError | undefined> => {
    const price = treasury.prices(payer).get(request.model);
    if (!price) return noPrice(request.model);
    const book = await treasury.book(payer);
    const { budget, of } = treasury.accountsIn(book, payer);
    const { tokens } = estimate(price, request, of.get(self)?.left ?? 0);
    return tokens < 1 ? usedUp(renewedAt(budget, book.today()), date()) : undefined;
  };

  async function* complete(
    request: CompletionRequest,
    signal?: AbortSignal,
  ): AsyncGenerator<CompletionEvent, void, void> {
    const price = treasury.prices(payer).get(request.model);
    if (!price) throw noPrice(request.model);
    const book = await treasury.book(payer);
    const id = toHex(random.bytes(16));
    let tokens = 0;
    const made = await book.reserve(today => {
      const { budget, of } = treasury.accountsIn(book, payer);
      const most = estimate(price, request, of.get(self)?.left ?? 0);
      if (most.tokens < 1) throw usedUp(renewedAt(budget, today), date());
      tokens = most.tokens;
      return { id, peer: self, model: request.model, amount: most.amount };
    });
    let billed: number | undefined;
    let neverAsked = false;
    try {
      const events = askPeer(
        {
          network,
          clock,
          peer: payer,
          name,
          from: 'keys',
          id,
          request: { ...request, maxTokens: tokens },
          route: provider => ({
            kind: 'treasury',
            hops: [],
            provider: `${provider} by ${name}`,
            reason: `Out of your allowance at ${name}, which asks ${provider} with its own key; both read the conversation.`,
          }),
          onBill: async ({ cost, spent }) => {
            billed = cost;
            if (cost === 0) await book.release(made);
            else await book.settle(made, { amount: cost, promptTokens: 0, completionTokens: 0 });
            await book.learn(self, treasury.accountsIn(book, payer).period, spent);
          },
        },
        signal,
      );
      yield* events;
    } catch (error) {
      neverAsked = isKind(error, 'unavailable') || isKind(error, 'unsupported');
      throw error;
    } finally {
      // Without a bill nobody knows; the next one says what was spent in all.
      if (billed === undefined) await (neverAsked ? book.release(made) : book.lose(made));
    }
  }

  return {
    id: `treasury ${payer}`,
    kind: 'treasury',
    name: `the treasury of ${name}`,
    provider: name,
    refusal: request => refusal(request),
    models: async () =>
      [...treasury.prices(payer).keys()].map(model => ({ kind: 'treasury', name: model, provider: name })),
    complete,
  };
}
