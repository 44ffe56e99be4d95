import type { ModelId } from '../../base/brand.ts';
import { toError } from '../../base/error.ts';
import { parseModelRef } from '../../model/model-ref.ts';
import type { ModelOffer } from '../../peer/lone.ts';
import type { Peer } from '../../peer/peer.ts';
import { words } from './strings.ts';
import type { Writer, WritingModel } from './writer.ts';

/** A model that runs in this browser, once its visitor has seen how large it is and said yes. */
export class DeviceWriter implements Writer {
  readonly note = words.staysHere;
  phase = $state<'unasked' | 'looking' | 'offered' | 'refused' | 'allowed' | 'forgetting'>('unasked');
  offer = $state.raw<ModelOffer>();
  problem = $state<string>();
  readonly model: string;
  readonly #key: string;
  #peer: Promise<Peer> | undefined;

  /** `site`: the origin of the page, for which a yes is remembered. */
  constructor(model: string, site: string) {
    this.model = model;
    this.#key = `tabmesh widget ${site}`;
    if (remembered(this.#key) === model) this.phase = 'allowed';
  }

  get ready(): boolean {
    return this.phase === 'allowed';
  }

  /** Asks the model's server how large it is. */
  async look(): Promise<void> {
    this.phase = 'looking';
    this.problem = undefined;
    try {
      const { offerOf } = await import('../../peer/lone.ts');
      this.offer = await offerOf(this.model, AbortSignal.timeout(30_000));
      this.phase = 'offered';
    } catch (error) {
      this.phase = 'unasked';
      this.problem = toError(error, 'peer').reason;
    }
  }

  allow(): void {
    this.phase = 'allowed';
    remember(this.#key, this.model);
  }

  /** Nothing is used any more, and what was stored for it is deleted; where that fails, `problem` says why. */
  async forget(): Promise<void> {
    this.phase = 'forgetting';
    this.problem = undefined;
    try {
      const peer = await this.#start();
      this.#peer = undefined;
      try {
        await peer.stored.refresh();
        // On a page of Tabmesh's own origin the app keeps its models in the same place.
        const { id } = parseModelRef(this.model);
        for (const { key, known } of peer.stored.list.peek())
          if (known?.id === id) await peer.stored.delete(key);
      } finally {
        await peer.stop();
      }
      this.phase = 'unasked';
      remember(this.#key, undefined);
    } catch (error) {
      this.phase = 'allowed';
      this.problem = toError(error, 'peer').reason;
    }
  }

  async begin(signal: AbortSignal): Promise<WritingModel> {
    const peer = await this.#start();
    const card = await peer.models.open(this.model, signal);
    await peer.pod.serve(card.id as ModelId, card.name);
    return { model: card.id, context: card.context, ask: (...asked) => peer.router.complete(...asked) };
  }

  #start(): Promise<Peer> {
    this.#peer ??= import('../../peer/lone.ts')
      .then(({ startLonePeer }) => startLonePeer())
      .catch(error => {
        this.#peer = undefined;
        throw error;
      });
    return this.#peer;
  }
}

/** A browser that lets frames keep nothing asks again the next time. */
function remembered(key: string): string | null {
  try {
    return localStorage.getItem(key);
  } catch {
    return null;
  }
}

function remember(key: string, value: string | undefined): void {
  try {
    if (value === undefined) localStorage.removeItem(key);
    else localStorage.setItem(key, value);
  } catch {}
}
