import * as v from 'valibot';
import type { PeerId, PodId } from '../../base/brand.ts';
import type { Store } from '../../store/store.ts';

const keptSchema = v.record(v.string(), v.pipe(v.number(), v.safeInteger(), v.minValue(0)));

/**
 * The number of the newest pass that each federated pod has shown here: whoever it leaves out shows an older one in vain. Kept, since an
 * older one is good for up to 7 days and whoever was left out may come first after a restart.
 */
export class NewestPasses {
  readonly #store: Pick<Store, 'get' | 'put'>;
  readonly #self: PeerId;
  /** By pod, as it was stored and then changed; one read for all who ask at once. */
  readonly #kept = new Map<PodId, Promise<Map<string, number>>>();
  #writing: Promise<void> = Promise.resolve();

  constructor(store: Pick<Store, 'get' | 'put'>, self: PeerId) {
    this.#store = store;
    this.#self = self;
  }

  /** And keeps it where it is newer; of offers that are in no link of `current` any more nothing is kept. */
  async isNewest(pod: PodId, offer: string, sequence: number, current: readonly string[]): Promise<boolean> {
    const kept = await this.#of(pod);
    const newest = kept.get(offer) ?? 0;
    if (sequence <= newest) return sequence === newest;
    kept.set(offer, sequence);
    for (const each of kept.keys()) if (each !== offer && !current.includes(each)) kept.delete(each);
    const bytes = new TextEncoder().encode(JSON.stringify(Object.fromEntries(kept)));
    // One after the other, so that none overtakes a later one. Where a disk is full it holds until the restart.
    const write = () => this.#store.put('documents', this.#place(pod), bytes);
    this.#writing = this.#writing.then(write).catch(() => {});
    await this.#writing;
    return true;
  }

  #of(pod: PodId): Promise<Map<string, number>> {
    const known = this.#kept.get(pod);
    if (known) return known;
    const reading = this.#read(pod);
    this.#kept.set(pod, reading);
    reading.catch(() => this.#kept.delete(pod));
    return reading;
  }

  async #read(pod: PodId): Promise<Map<string, number>> {
    const bytes = await this.#store.get('documents', this.#place(pod));
    if (!bytes) return new Map();
    try {
      return new Map(Object.entries(v.parse(keptSchema, JSON.parse(new TextDecoder().decode(bytes)))));
    } catch {
      return new Map();
    }
  }

  #place(pod: PodId): string {
    return `newest-passes/${this.#self}/${pod}`;
  }
}
