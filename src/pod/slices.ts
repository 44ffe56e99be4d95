/** Chunks of models between the members of a pod: what this peer gives, what it takes, and whom it does not ask. */
import type { ModelId, PeerId } from '../base/brand.ts';
import { toHex } from '../base/bytes.ts';
import type { Clock } from '../base/clock.ts';
import type { Random } from '../base/random.ts';
import type { ChunkOrder } from '../model/chunk-order.ts';
import type { ChunkSource } from '../model/chunk-source.ts';
import type { ModelLibrary } from '../model/library.ts';
import type { Chunk } from '../model/slice.ts';
import type { ByteSource } from '../model/source.ts';
import type { Network } from '../network/network.ts';
import type { Giving } from './giving.ts';
import { memberSource } from './member-source.ts';
import type { ShareOptions, Warning } from './pod.ts';
import { isShareable } from './shareable.ts';
import { isContentId, SharedFiles } from './shared-files.ts';
import { SliceMarks } from './slice-marks.ts';
import { SliceService } from './slice-service.ts';
import { SliceShelf } from './slice-shelf.ts';
import { SliceSwarm } from './slice-swarm.ts';
import { SpotChecks } from './spot-checks.ts';

export interface SlicesOptions {
  readonly network: Network;
  readonly clock: Clock;
  readonly random: Random;
  readonly library: ModelLibrary;
  readonly isMember: (peer: PeerId) => boolean;
  /** The others that are present now. */
  readonly members: () => readonly PeerId[];
  /** Whether this peer lends anything: who does not sends nothing but files that it shares. */
  readonly lends: () => boolean;
  readonly giving: Giving;
  /** What the pod calls a model. */
  readonly nameOf: (model: ModelId) => string | undefined;
  readonly onChange: () => void;
  /** What was stored, and may be loaded, turned out to be lies of members; it is stored no more. */
  readonly onForgotten: () => void;
}

export class Slices implements ChunkSource {
  readonly #options: SlicesOptions;
  readonly #files = new SharedFiles();
  readonly #marks: SliceMarks;
  readonly #service: SliceService;
  /** By the file's id and version. */
  readonly #checks = new Map<string, SpotChecks>();

  constructor(options: SlicesOptions) {
    const { network, clock, library, isMember, lends, giving, onChange } = options;
    this.#options = options;
    this.#marks = new SliceMarks(clock, onChange);
    const shelf = new SliceShelf({ library, files: this.#files, lends });
    this.#service = new SliceService({ network, clock, shelf, giving, isMember });
    library.alsoFrom(this);
  }

  async join(order: ChunkOrder): Promise<void> {
    const { network, members, onForgotten } = this.#options;
    const id = order.model.id;
    if (!isShareable(id)) return;
    const known = isContentId(id) ? this.#hashes(id) : undefined;
    const marks = this.#marks;
    const checks = this.#checksOf(order);
    await new SliceSwarm({ network, marks, checks, order, members, known, onForgotten }).run();
  }

  source(id: string): ByteSource | undefined {
    if (!isContentId(id)) return undefined;
    const model = id as ModelId;
    const { network, clock, members, nameOf } = this.#options;
    const own = this.#files.own(model);
    const name = nameOf(model) ?? 'A shared file';
    return (
      own?.source ??
      memberSource(model, { network, clock, members, files: this.#files, marks: this.#marks, name })
    );
  }

  /** Lets the pod have a file of this device; answers its id among all who have the same file. */
  async share(id: ModelId, options: ShareOptions): Promise<ModelId> {
    return this.#files.add(await this.#options.library.open(id, options.signal), options);
  }

  warnings(): Warning[] {
    return this.#marks.warnings();
  }

  pause(): () => void {
    return this.#service.pause();
  }

  drop(peer: PeerId): void {
    this.#service.drop(peer);
  }

  close(): void {
    this.#service.close();
  }

  #checksOf({ model, version }: ChunkOrder): SpotChecks {
    const file = `${model.id} ${version}`;
    const checks = this.#checks.get(file) ?? new SpotChecks(this.#options.random);
    this.#checks.set(file, checks);
    return checks;
  }

  #hashes(id: ModelId): (chunk: Chunk) => string | undefined {
    const parts = this.#files.manifest(id)?.parts ?? [];
    const hashes = new Map(parts.map(({ start, end, hash }) => [`${start}-${end}`, toHex(hash)]));
    return ({ start, end }) => hashes.get(`${start}-${end}`);
  }
}
