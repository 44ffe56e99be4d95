import { costOf, type Price } from '../../ledger/price.ts';
import type { Destination } from '../destination.ts';
import { wantedModels } from '../request.ts';

/** Tells what answers cost their payer, where it set a price for the model. */
export const priced = (destination: Destination, prices: () => ReadonlyMap<string, Price>): Destination => ({
  ...destination,
  async *complete(request, signal) {
    const known = prices();
    const price = wantedModels(request)
      .map(name => known.get(name))
      .find(each => each !== undefined);
    for await (const event of destination.complete(request, signal)) {
      if (!price) yield event;
      else if (event.kind === 'route') yield { ...event, price };
      else if (event.kind === 'end') {
        const { promptTokens, completionTokens } = event.usage;
        yield { ...event, cost: costOf(price, promptTokens, completionTokens) };
      } else yield event;
    }
  },
});
