import type { ModelId } from '../base/brand.ts';
import { LiveValue } from '../base/live.ts';
import type { ModelLibrary } from '../model/library.ts';
import type { OpenModel } from '../model/open.ts';
import { headBytes, layerBytes } from '../model/slice.ts';
import type { Pod, ShareOptions } from '../pod/pod.ts';
import type { ModelCard, PeerModels } from './peer.ts';
import type { Sources } from './sources.ts';

export interface ModelsParts {
  readonly sources: Sources;
  readonly library: ModelLibrary;
  readonly pod: Pick<Pod, 'state' | 'share'>;
  /** Told of every model that was opened, once. */
  readonly onOpened: (open: OpenModel) => void;
}

/** Cards of the models that this peer opened and of those that its pod serves. */
export class Models implements PeerModels {
  readonly list = new LiveValue<readonly ModelCard[]>([]);
  readonly #sources: Sources;
  readonly #library: ModelLibrary;
  readonly #shown = new WeakSet<OpenModel>();
  #served: readonly ModelId[] = [];
  readonly #pod: Pick<Pod, 'state' | 'share'>;
  readonly #onOpened: (open: OpenModel) => void;
  #chosen: ModelId | undefined;

  constructor(parts: ModelsParts) {
    const { sources, library, pod, onOpened } = parts;
    this.#sources = sources;
    this.#library = library;
    this.#pod = pod;
    this.#onOpened = onOpened;
    pod.state.subscribe(({ models }) => {
      this.#served = models.map(({ id }) => id);
      this.#tidy();
      // The pod reads the headers of what it serves, at its own pace, and changes when it has.
      for (const id of this.#served) this.#show(library.opened(id));
    });
  }

  async open(given: string | File, signal?: AbortSignal): Promise<ModelCard> {
    const id = this.#sources.addGiven(given);
    // A file of the same name and size may be another one.
    if (typeof given !== 'string') this.#library.forget(id);
    this.#chosen = id;
    this.#tidy();
    const open = await this.#library.open(id, signal);
    this.#show(open);
    return modelCard(open);
  }

  async share(id: string, options?: ShareOptions): Promise<string> {
    const { model } = await this.#library.open(id as ModelId, options?.signal);
    const shared = await this.#pod.share(model.id, model.name, options);
    this.list.update(cards => cards.filter(card => card.id !== id));
    return shared;
  }

  async keep(id: string, signal?: AbortSignal): Promise<void> {
    const { model } = await this.#library.open(id as ModelId, signal);
    const loader = await this.#library.loader(model.id);
    await loader.fetch({ layers: { first: 0, last: model.hyper.layers } }, { signal });
    await loader.fetch('head', { signal });
  }

  /** Only what is served, and what was chosen to be, stays in memory. */
  #tidy(): void {
    this.#library.keep(new Set(this.#chosen === undefined ? this.#served : [...this.#served, this.#chosen]));
  }

  #show(open: OpenModel | undefined): void {
    if (open === undefined || this.#shown.has(open)) return;
    this.#shown.add(open);
    this.#onOpened(open);
    const card = modelCard(open);
    this.list.update(cards => [...cards.filter(other => other.id !== card.id), card]);
  }
}

function modelCard({ model, source }: OpenModel): ModelCard {
  const bytesOf = new Map<string, number>();
  for (const { type, bytes } of model.tensors.values()) bytesOf.set(type, (bytesOf.get(type) ?? 0) + bytes);
  return {
    id: model.id,
    name: model.name,
    architecture: model.hyper.architecture,
    layers: model.hyper.layers,
    context: model.hyper.context,
    fileBytes: model.fileBytes,
    layerBytes: Array.from({ length: model.hyper.layers }, (_, layer) => layerBytes(model, layer)),
    headBytes: headBytes(model),
    types: [...bytesOf].sort((a, b) => b[1] - a[1]).map(([type]) => type),
    shareable: source.shareable,
    local: source.local,
  };
}
