import type { AppConfig, ModelRecord } from '@mlc-ai/web-llm';
import * as v from 'valibot';
import { formatBytes } from '../../base/bytes.ts';
import { TabmeshError } from '../../base/error.ts';
import { wholeModelsMax } from '../../base/limits.ts';
import { type Live, LiveValue } from '../../base/live.ts';
import { Turns } from '../../base/turns.ts';
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

/** Of a model's weights, as their list counts them. */
export interface StoredWeights {
  readonly bytes: number;
  readonly totalBytes: number;
}

/** What the next question to a model would download before it is answered. */
export interface WholeFetch {
  /** Of its weights, already here. */
  readonly storedBytes: number;
  /** Still to come; at most so many where the list of its weights has not come. */
  readonly bytes: number;
  readonly exact: boolean;
  readonly hosts: readonly string[];
}

/** What runs whole in this tab, by WebLLM, beside the models of the pod. Nothing is downloaded for one that nobody chose. */
export interface WholeModels {
  /** Reads the catalogue, which comes with WebLLM's code: 2 MB, once. */
  catalogue(): Promise<readonly WholeModel[]>;
  /** Names that may be asked; what is missing of one is downloaded by its first question. */
  readonly chosen: Live<readonly string[]>;
  /** Throws TabmeshError('not-found' | 'full' | 'unsupported', 'router'). */
  choose(name: string): Promise<void>;
  /** Asks nobody. Throws TabmeshError('not-found', 'router') for what the catalogue does not hold. */
  fetches(name: string): Promise<WholeFetch>;
  /** What was downloaded for it is deleted, but for what another one that is chosen needs; then it is chosen no more. */
  drop(name: string): Promise<void>;
}

export const wholePrefix = 'web-llm/';
const key = 'whole-models';
const kept = v.pipe(v.array(v.pipe(v.string(), v.maxLength(256))), v.maxLength(wholeModelsMax));

/** What of WebLLM is needed to tell what there is. */
export interface Shelf {
  readonly catalogue: AppConfig;
  /** Undefined where not even the list of its weights has come. */
  stored(record: ModelRecord): Promise<StoredWeights | undefined>;
  /** All of it that none of `kept` needs. */
  deleteFiles(record: ModelRecord, kept: readonly ModelRecord[]): Promise<void>;
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
  /** Two that are chosen at once are both chosen. */
  readonly #turns = new Turns();

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
      .map(record => {
        const { model_id, required_features = [], buffer_size_required_bytes = 0 } = record;
        const problem = misfit(gpu, required_features, buffer_size_required_bytes);
        return {
          name: wholePrefix + model_id,
          bytes: gpuBytes(record),
          ...(problem === undefined ? {} : { problem }),
        };
      });
  }

  choose(name: string): Promise<void> {
    return this.#turns.take(() => this.#choose(name));
  }

  async #choose(name: string): Promise<void> {
    const model = (await this.catalogue()).find(each => each.name === name);
    if (!model) throw unknown(name);
    if (model.problem) throw new TabmeshError('unsupported', 'router', model.problem);
    const chosen = this.chosen.peek();
    if (chosen.includes(name)) return;
    if (chosen.length >= wholeModelsMax) {
      const reason = `${wholeModelsMax} models are chosen already. Remove one of them first.`;
      throw new TabmeshError('full', 'router', reason);
    }
    await this.#keep([...chosen, name]);
  }

  async fetches(name: string): Promise<WholeFetch> {
    const { catalogue, stored } = await this.#parts.shelf();
    const record = find(catalogue, name);
    if (!record) throw unknown(name);
    const weights = await stored(record);
    const hosts = [record.model, record.model_lib].map(url => new URL(url).host);
    return {
      storedBytes: weights?.bytes ?? 0,
      bytes: weights ? weights.totalBytes - weights.bytes : gpuBytes(record),
      exact: weights !== undefined,
      hosts: [...new Set(hosts)],
    };
  }

  drop(name: string): Promise<void> {
    return this.#turns.take(() => this.#drop(name));
  }

  async #drop(name: string): Promise<void> {
    const { catalogue, deleteFiles } = await this.#parts.shelf();
    const others = this.chosen.peek().filter(each => each !== name);
    const record = find(catalogue, name);
    const kept = others.map(each => find(catalogue, each)).filter(each => each !== undefined);
    // Whose name is gone is found by nobody any more, so the name goes last.
    if (record) await deleteFiles(record, kept);
    await this.#keep(others);
  }

  async #keep(names: readonly string[]): Promise<void> {
    await this.#parts.store.put('settings', key, new TextEncoder().encode(JSON.stringify(names)));
    this.chosen.set(names);
  }
}

const find = ({ model_list }: AppConfig, name: string): ModelRecord | undefined =>
  model_list.find(({ model_id }) => wholePrefix + model_id === name);

const gpuBytes = ({ vram_required_MB = 0 }: ModelRecord): number => vram_required_MB * 1e6;

const unknown = (name: string) =>
  new TabmeshError('not-found', 'router', `WebLLM's catalogue has no ${name.slice(0, 100)}.`);

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
