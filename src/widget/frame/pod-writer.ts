import { TabmeshError } from '../../base/error.ts';
import { embeddedModel } from '../../peer/embedded.ts';
import type { Guest } from '../../peer/guest.ts';
import { words } from './strings.ts';
import type { Writer, WritingModel } from './writer.ts';

/** The pod that the site's operator has named, asked as a guest: nothing of a model comes here. */
export class PodWriter implements Writer {
  readonly note: string;
  readonly ready = true;
  readonly #guest: Guest;
  readonly #model: string | undefined;

  /** `model`: the pod's name of it; without one, its first that is not the embedded guide. */
  constructor(guest: Guest, model: string | undefined) {
    this.#guest = guest;
    this.#model = model;
    this.note = words.podReads(guest.podName);
  }

  async begin(signal: AbortSignal): Promise<WritingModel | undefined> {
    const here = await this.#guest.visit(signal);
    const wanted = this.#model;
    const found = here.models.find(({ name }) =>
      wanted === undefined ? name !== embeddedModel.name : name === wanted,
    );
    if (!found && wanted !== undefined)
      throw new TabmeshError('not-found', 'peer', words.noModel(here.name, wanted));
    return found && { model: found.name, context: found.context, ask: here.ask };
  }
}
