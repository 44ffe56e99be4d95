import type { AppConfig } from '@mlc-ai/web-llm';
import * as v from 'valibot';
import { formatBytes } from '../../base/bytes.ts';
import { TabmeshError } from '../../base/error.ts';
import { wholeModelsMax } from '../../base/limits.ts';
import { type Live, LiveValue } from '../../base/live.ts';
import type { Store } from '../../store/store.ts';

/** A model of WebLLM's catalogue (https://github.com/mlc-ai/web-llm), compiled for one GPU as a whole. */
export interface WholeModel {
  /** "web-llm/Llama-3.2-1B-Instruct-q4f16_1-MLC" */
  readonly name: string;
  /** Of GPU memory; its download is a little smaller. */
  readonly bytes: number;
  /** Why the GPU of this tab cannot run it. */
  readonly problem?: string;
}

/** What runs whole in this tab, by WebLLM, beside the models of the pod. Nothing is downloaded for one that nobody chose. */
export interface WholeModels {
  /** Reads the catalogue, which comes with WebLLM's code: 2 MB, once. */
  catalogue(): Promise<readonly WholeModel[]>;
  /** Names that may be asked; what is missing of one is downloaded by its first question. */
  readonly chosen: Live<readonly string[]>;
  /** Throws TabmeshError('not-found' | 'full' | 'unsupported', 'router'). */
  choose(name: string): Promise<void>;
  /** What was downloaded for it is deleted. */
  drop(name: string): Promise<void>;
}

export const wholePrefix = 'web-llm/';
const key = 'whole-models';
const kept = v.pipe(v.array(v.pipe(v.string(), v.maxLength(256))), v.maxLength(wholeModelsMax));

/** What of WebLLM is needed to tell what there is. */
export interface Shelf {
  readonly catalogue: AppConfig;
  deleteAll(model: string, catalogue: AppConfig): Promise<void>;
}

export interface WholeModelsParts {
  readonly store: Store;
  /** Called when it is first needed. */
  readonly shelf: () => Promise<Shelf>;
  /** What the GPU offers; undefined where there is none. */
  readonly gpu: () => Promise<{ features: ReadonlySet<string>; bindingBytes: number } | undefined>;
}

export class StoredWholeModels implements WholeModels {
  readonly #parts: WholeModelsParts;
  readonly chosen: LiveValue<readonly string[]>;

  private constructor(parts: WholeModelsParts, chosen: readonly string[]) {
    this.#parts = parts;
    this.chosen = new LiveValue(chosen);
  }

  static async open(parts: WholeModelsParts): Promise<StoredWholeModels> {
    const bytes = await parts.store.get('settings', key);
    return new StoredWholeModels(parts, bytes ? decode(bytes) : []);
  }

  async catalogue(): Promise<readonly WholeModel[]> {
    const [{ catalogue }, gpu] = await Promise.all([this.#parts.shelf(), this.#parts.gpu()]);
    return catalogue.model_list
      .filter(({ model_type: type }) => type === undefined || type === 0)
      .map(({ model_id, vram_required_MB = 0, required_features = [], buffer_size_required_bytes = 0 }) => {
        const problem = misfit(gpu, required_features, buffer_size_required_bytes);
        return {
          name: wholePrefix + model_id,
          bytes: vram_required_MB * 1e6,
          ...(problem === undefined ? {} : { problem }),
        };
      });
  }

  async choose(name: string): Promise<void> {
    const model = (await this.catalogue()).find(each => each.name === name);
    if (!model)
      throw new TabmeshError('not-found', 'router', `WebLLM's catalogue has no ${name.slice(0, 100)}.`);
    if (model.problem) throw new TabmeshError('unsupported', 'router', model.problem);
    const chosen = this.chosen.peek();
    if (chosen.includes(name)) return;
    if (chosen.length >= wholeModelsMax) {
      const reason = `${wholeModelsMax} models are chosen already. Remove one of them first.`;
      throw new TabmeshError('full', 'router', reason);
    }
    await this.#keep([...chosen, name]);
  }

  async drop(name: string): Promise<void> {
    await this.#keep(this.chosen.peek().filter(each => each !== name));
    const { catalogue, deleteAll } = await this.#parts.shelf();
    await deleteAll(name.slice(wholePrefix.length), catalogue);
  }

  async #keep(names: readonly string[]): Promise<void> {
    await this.#parts.store.put('settings', key, new TextEncoder().encode(JSON.stringify(names)));
    this.chosen.set(names);
  }
}

function misfit(
  gpu: Awaited<ReturnType<WholeModelsParts['gpu']>>,
  features: readonly string[],
  bindingBytes: number,
): string | undefined {
  if (!gpu) return 'It needs a GPU, and this browser gives none to pages.';
  const missing = features.filter(feature => !gpu.features.has(feature));
  if (missing.length > 0)
    return `It uses ${missing.join(', ')}, which this GPU does not offer. Choose a model whose name has q4f32.`;
  if (bindingBytes > gpu.bindingBytes)
    return `It needs buffers of ${formatBytes(bindingBytes)}, and this GPU gives ${formatBytes(gpu.bindingBytes)}.`;
  return undefined;
}

function decode(bytes: Uint8Array): readonly string[] {
  try {
    const result = v.safeParse(kept, JSON.parse(new TextDecoder().decode(bytes)));
    return result.success ? result.output : [];
  } catch {
    return [];
  }
}
