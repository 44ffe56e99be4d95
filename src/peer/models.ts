import type { ModelId } from '../base/brand.ts';
import { type Live, LiveValue } from '../base/live.ts';
import type { ModelLibrary } from '../model/library.ts';
import type { OpenModel } from '../model/open.ts';
import { headBytes, layerBytes } from '../model/slice.ts';
import type { PodState } from '../pod/pod.ts';
import type { ModelCard, PeerModels } from './peer.ts';
import type { Sources } from './sources.ts';

/** Cards of the models that this peer opened and of those that its pod serves. */
export class Models implements PeerModels {
  readonly list = new LiveValue<readonly ModelCard[]>([]);
  readonly #sources: Sources;
  readonly #library: ModelLibrary;

  constructor(sources: Sources, library: ModelLibrary, pod: Live<PodState>) {
    this.#sources = sources;
    this.#library = library;
    const asked = new Set<ModelId>();
    pod.subscribe(({ models }) => {
      for (const { id } of models) {
        if (asked.has(id)) continue;
        asked.add(id);
        // A header that cannot be read now is asked for again when the pod next changes.
        this.#show(id).catch(() => asked.delete(id));
      }
    });
  }

  open(given: string | File, signal?: AbortSignal): Promise<ModelCard> {
    return this.#show(this.#sources.addGiven(given), signal);
  }

  async #show(id: ModelId, signal?: AbortSignal): Promise<ModelCard> {
    const card = modelCard(await this.#library.open(id, signal));
    this.list.update(cards => [...cards.filter(other => other.id !== card.id), card]);
    return card;
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
  };
}
