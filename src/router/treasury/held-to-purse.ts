import { must } from '../../base/assert.ts';
import { TabmeshError } from '../../base/error.ts';
import type { Price } from '../../ledger/price.ts';
import type { Destination } from '../destination.ts';
import { type CompletionRequest, wantedModels } from '../request.ts';
import { type Estimate, estimate } from './estimate.ts';
import { Reserved } from './reserved.ts';

/** Asks a destination that costs money only for as much as the request's purse pays, and never where nobody knows what that is. */
export function heldToPurse(destination: Destination, prices: () => ReadonlyMap<string, Price>): Destination {
  /** By the one name that has a price and is served, since each model has its own. */
  const priced = async (request: CompletionRequest) => {
    const known = prices();
    const { models: _, ...constraints } = request.constraints ?? {};
    for (const model of wantedModels(request)) {
      const price = known.get(model);
      const narrowed = { ...request, model, constraints };
      if (price && !(await destination.refusal(narrowed))) return { price, narrowed };
    }
    return undefined;
  };
  return {
    ...destination,
    refusal: async request => {
      const refusal = await destination.refusal(request);
      if (refusal || !request.purse) return refusal;
      return (await priced(request)) ? undefined : noPrice(destination);
    },
    async *complete({ purse, ...request }, signal) {
      if (!purse) return yield* destination.complete(request, signal);
      const found = await priced(request);
      if (!found) throw noPrice(destination);
      const { price, narrowed } = found;
      let most: Estimate | undefined;
      const { book, made } = await purse.reserve(narrowed.model, left => {
        most = estimate(price, narrowed, left);
        return most.tokens < 1 ? undefined : most.amount;
      });
      const { tokens } = must(most, 'it was reckoned');
      const reserved = new Reserved(book, made, price);
      try {
        for await (const event of destination.complete({ ...narrowed, maxTokens: tokens }, signal)) {
          reserved.hear(event);
          if (event.kind === 'end') await reserved.settle(event.usage);
          yield event;
        }
      } catch (error) {
        await reserved.fail(error, signal);
        throw error;
      } finally {
        await reserved.unsaid();
      }
    },
  };
}

const noPrice = ({ name }: Destination) =>
  new TabmeshError(
    'denied',
    'router',
    `No price is set for this model at ${name}, and this key pays only what has one. Ask the gateway's owner to set it.`,
  );
