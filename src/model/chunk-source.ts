import type { ChunkOrder } from './chunk-order.ts';
import type { ByteSource } from './source.ts';

/**
 * Who brings chunks beside a model's own source: other peers. It works on an order together with the source: both
 * claim what is still missing, and whoever is faster brings more.
 */
export interface ChunkSource {
  /**
   * Brings what it can. Resolves when every chunk is there or the order ends, and, once the source brings nothing
   * (any more), also when nobody could bring more. What fails is given back to the order; it never rejects.
   */
  join(order: ChunkOrder): Promise<void>;
  /** The bytes behind an id that names them by their content, which no address leads to. */
  source(id: string): ByteSource | undefined;
}
