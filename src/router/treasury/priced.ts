import { costOf, type Price } from '../../ledger/price.ts';
import type { Destination } from '../destination.ts';
import { wantedModels } from '../request.ts';

/** Tells what answers cost their payer, where it set a price for the model. */
export const priced = (destination: Destination, prices: () => ReadonlyMap<string, Price>): Destination => ({
  ...destination,
  async *complete(request, signal) {
    for await (const event of destination.complete(request, signal)) {
      if (event.kind !== 'end') {
        yield event;
        continue;
      }
      const known = prices();
      const price = wantedModels(request)
        .map(name => known.get(name))
        .find(each => each !== undefined);
      const { promptTokens, completionTokens } = event.usage;
      yield price ? { ...event, cost: costOf(price, promptTokens, completionTokens) } : event;
    }
  },
});
