import type { Clock } from '../base/clock.ts';
import type { Model } from './model.ts';
import type { Chunk } from './slice.ts';

/** Whether this peer read a chunk from the model's source itself, or has it from other members. */
export type ChunkOrigin = 'source' | 'members';

/** A chunk that one carrier is to bring. */
export interface Claim {
  readonly chunk: Chunk;
  readonly origin: ChunkOrigin;
  /** Aborts when another brought the chunk, or the order ended. */
  readonly signal: AbortSignal;
  /** On the clock of the order, in ms. */
  readonly since: number;
  /** Bytes that have arrived. */
  readonly arrived: number;
  count(bytes: number): void;
  /** Keeps the bytes, which are the chunk's; what is kept already is left as it is. Rejects where the store does. */
  bring(bytes: Uint8Array<ArrayBuffer>): Promise<void>;
  /** Another may try. */
  giveUp(): void;
}

interface Place {
  readonly chunk: Chunk;
  /** `dropped`: it was retracted while it was kept. */
  state: 'missing' | 'keeping' | 'dropped' | 'kept';
  readonly claims: Set<WorkingClaim>;
  /** Of the members that are here. */
  holders: number;
}

export interface OrderParts {
  readonly model: Model;
  readonly version: string;
  readonly chunks: readonly Chunk[];
  readonly clock: Clock;
  readonly keep: (chunk: Chunk, bytes: Uint8Array<ArrayBuffer>, origin: ChunkOrigin) => Promise<string>;
  readonly discard: (chunk: Chunk) => Promise<void>;
  readonly onProgress: (bytes: Readonly<Record<ChunkOrigin, number>>) => void;
}

/** The missing chunks of one fetch: who brings which, and what is there. */
export class ChunkOrder {
  readonly model: Model;
  /** Of the file, as its source tells it (see ByteSource.version). */
  readonly version: string;
  readonly clock: Clock;
  readonly #parts: OrderParts;
  readonly #places: readonly Place[];
  readonly #end = new AbortController();
  #change = Promise.withResolvers<void>();
  #sourceEnded = false;
  #sourceHeardAt = Number.NEGATIVE_INFINITY;
  readonly #kept = { source: 0, members: 0 };
  readonly #told = { source: 0, members: 0 };
  readonly #listeners = new Set<(chunk: Chunk, hash: string) => void>();

  constructor(parts: OrderParts) {
    this.#parts = parts;
    this.model = parts.model;
    this.version = parts.version;
    this.clock = parts.clock;
    this.#places = parts.chunks.map(chunk => ({ chunk, state: 'missing', claims: new Set(), holders: 0 }));
    if (this.#places.length === 0) this.end();
  }

  /** Aborts when everything is there, or nothing more is wanted. */
  get signal(): AbortSignal {
    return this.#end.signal;
  }

  get isComplete(): boolean {
    return this.#places.every(({ state }) => state === 'kept');
  }

  get sourceEnded(): boolean {
    return this.#sourceEnded;
  }

  /** When the source last sent anything. */
  get sourceHeardAt(): number {
    return this.#sourceHeardAt;
  }

  /** The source brings nothing more. */
  endSource(): void {
    this.#sourceEnded = true;
    this.#tell();
  }

  end(reason?: unknown): void {
    this.#end.abort(reason);
    for (const { claims } of this.#places) for (const claim of claims) claim.end.abort(reason);
    this.#tell();
  }

  /** Resolves at the next change: a chunk was given back or kept, a carrier calls all to look again, or all ended. */
  changed(): Promise<void> {
    return this.#change.promise;
  }

  /** Lets all carriers look again at what they can bring. */
  poke(): void {
    this.#tell();
  }

  /** Told of each chunk that the source brought, with its SHA-256 in hex. */
  onSource(listener: (chunk: Chunk, hash: string) => void): void {
    this.#listeners.add(listener);
  }

  missing(): Chunk[] {
    return this.#places.filter(({ state }) => state !== 'kept').map(({ chunk }) => chunk);
  }

  /** Chunks that nobody is bringing. */
  get free(): number {
    return this.#places.filter(({ state, claims }) => state === 'missing' && claims.size === 0).length;
  }

  /** How many members have each chunk: the source begins with what the fewest have. */
  setHolders(count: (chunk: Chunk) => number): void {
    for (const place of this.#places) place.holders = count(place.chunk);
  }

  /** The chunk that `rank` puts lowest among those that nobody is bringing; undefined ranks none. */
  claim(origin: ChunkOrigin, rank: (chunk: Chunk) => number | undefined): Claim | undefined {
    return this.#best(origin, rank, place => place.claims.size === 0);
  }

  /** A chunk that another is bringing, too slowly: whoever is faster brings it. */
  hedge(
    origin: ChunkOrigin,
    rank: (chunk: Chunk) => number | undefined,
    isSlow: (claim: Claim) => boolean,
  ): Claim | undefined {
    return this.#best(origin, rank, ({ claims }) => claims.size === 1 && [...claims].every(isSlow));
  }

  /** Neighbours that nobody is bringing, up to so many bytes together. */
  claimRun(bytesMax: number): Claim[] {
    const free = this.#places.filter(({ state, claims }) => state === 'missing' && claims.size === 0);
    const fewest = Math.min(...free.map(({ holders }) => holders));
    const first = free.findIndex(({ holders }) => holders === fewest);
    const run: Claim[] = [];
    for (const place of free.slice(Math.max(0, first))) {
      const [start, last] = [run[0]?.chunk.start ?? place.chunk.start, run.at(-1)?.chunk];
      if (last && (last.end !== place.chunk.start || place.chunk.end - start > bytesMax)) break;
      run.push(this.#claim(place, 'source'));
    }
    return run;
  }

  /** The chunk is not what it was taken for. False where it was kept before this order, which forgets it without fetching it. */
  retract(chunk: Chunk): boolean {
    const place = this.#places.find(each => each.chunk.start === chunk.start);
    if (place?.state === 'keeping') place.state = 'dropped';
    if (place && place.state !== 'kept') return true;
    if (place) {
      place.state = 'keeping';
      this.#kept.members -= chunk.end - chunk.start;
    }
    void this.#discard(chunk, place);
    return place !== undefined;
  }

  /** Nobody brings it before it is gone, or what is new would go with it. */
  async #discard(chunk: Chunk, place: Place | undefined): Promise<void> {
    try {
      await this.#parts.discard(chunk);
    } catch (error) {
      return this.end(error);
    }
    if (!place) return;
    place.state = 'missing';
    this.#tell();
  }

  #best(
    origin: ChunkOrigin,
    rank: (chunk: Chunk) => number | undefined,
    isFree: (place: Place) => boolean,
  ): Claim | undefined {
    if (this.signal.aborted) return undefined;
    let best: { place: Place; rank: number } | undefined;
    for (const place of this.#places) {
      if (place.state !== 'missing' || !isFree(place)) continue;
      const ranked = rank(place.chunk);
      if (ranked !== undefined && (best === undefined || ranked < best.rank)) best = { place, rank: ranked };
    }
    return best && this.#claim(best.place, origin);
  }

  #claim(place: Place, origin: ChunkOrigin): Claim {
    const claim = new WorkingClaim(place.chunk, origin, this.clock.now(), {
      count: () => {
        if (origin === 'source') this.#sourceHeardAt = this.clock.now();
        this.#progress();
      },
      bring: (bytes, by) => this.#bring(place, by, bytes),
      giveUp: by => {
        if (place.claims.delete(by)) this.#tell();
      },
    });
    place.claims.add(claim);
    return claim;
  }

  async #bring(place: Place, claim: WorkingClaim, bytes: Uint8Array<ArrayBuffer>): Promise<void> {
    if (place.state !== 'missing' || this.signal.aborted) return;
    place.state = 'keeping';
    let hash: string;
    try {
      hash = await this.#parts.keep(place.chunk, bytes, claim.origin);
    } catch (error) {
      place.state = 'missing';
      this.end(error);
      throw error;
    }
    if ((place.state as Place['state']) === 'dropped') {
      place.claims.delete(claim);
      return this.#discard(place.chunk, place);
    }
    place.state = 'kept';
    this.#kept[claim.origin] += place.chunk.end - place.chunk.start;
    for (const other of place.claims) if (other !== claim) other.end.abort();
    place.claims.clear();
    this.#progress();
    if (claim.origin === 'source') for (const listener of this.#listeners) listener(place.chunk, hash);
    if (this.isComplete) this.end();
    else this.#tell();
  }

  /** Bytes never go back in what is told: what is fetched once more counts once. */
  #progress(): void {
    const now = { ...this.#kept };
    for (const { state, claims } of this.#places) {
      if (state === 'kept') continue;
      const most = [...claims].sort((a, b) => b.arrived - a.arrived)[0];
      if (most) now[most.origin] += most.arrived;
    }
    if (now.source + now.members < this.#told.source + this.#told.members) return;
    Object.assign(this.#told, now);
    this.#parts.onProgress(now);
  }

  #tell(): void {
    const { resolve } = this.#change;
    this.#change = Promise.withResolvers();
    resolve();
  }
}

class WorkingClaim implements Claim {
  readonly chunk: Chunk;
  readonly origin: ChunkOrigin;
  readonly since: number;
  readonly end = new AbortController();
  arrived = 0;
  readonly #on: {
    count(): void;
    bring(bytes: Uint8Array<ArrayBuffer>, by: WorkingClaim): Promise<void>;
    giveUp(by: WorkingClaim): void;
  };

  constructor(
    chunk: Chunk,
    origin: ChunkOrigin,
    since: number,
    on: {
      count(): void;
      bring(bytes: Uint8Array<ArrayBuffer>, by: WorkingClaim): Promise<void>;
      giveUp(by: WorkingClaim): void;
    },
  ) {
    this.chunk = chunk;
    this.origin = origin;
    this.since = since;
    this.#on = on;
  }

  get signal(): AbortSignal {
    return this.end.signal;
  }

  count(bytes: number): void {
    this.arrived += bytes;
    this.#on.count();
  }

  bring(bytes: Uint8Array<ArrayBuffer>): Promise<void> {
    return this.#on.bring(bytes, this);
  }

  giveUp(): void {
    this.arrived = 0;
    this.#on.giveUp(this);
  }
}
