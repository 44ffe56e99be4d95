import type { Reservation, SpendingBook } from './spending-book.ts';

/** Who asks with a limit of what may be spent for it; it stays on this peer. */
export interface Purse {
  /**
   * Reserves what an answer of `model` costs at most, which `most` reckons from what is left; undefined where that pays nothing, and then
   * this rejects with what the asker is to be told.
   */
  reserve(
    model: string,
    most: (left: number) => number | undefined,
  ): Promise<{ readonly book: SpendingBook; readonly made: Reservation }>;
}
