import type { ModelId } from '../base/brand.ts';
import { layerCountMax } from '../base/limits.ts';
import { type ChatTemplate, createChatTemplate } from './chat-template.ts';
import { checkShapes } from './check-shapes.ts';
import { readHeader } from './header.ts';
import { readHyperparameters } from './hyperparameters.ts';
import { Metadata } from './metadata.ts';
import type { Hyperparameters, Model, TensorInfo } from './model.ts';
import { joinShards, modelName } from './shards.ts';
import type { ByteSource } from './source.ts';
import { createTokenizer, type Tokenizer } from './tokenizer.ts';

export interface OpenModel {
  readonly model: Model;
  readonly tokenizer: Tokenizer;
  readonly chat: ChatTemplate;
  /** The one that was given, or all the files of the model as one. */
  readonly source: ByteSource;
}

/**
 * Reads a model's header, or those of all its files, and nothing else. Its id is the source's. Every tensor is there, inside the file, of a type
 * that is supported and of the shape that its role demands. Throws what the source throws, and
 * TabmeshError('corrupt' | 'unsupported', 'model') that names the fault.
 */
export async function openModel(given: ByteSource, signal?: AbortSignal): Promise<OpenModel> {
  const { source, header } = await joinShards(
    { source: given, header: await readHeader(given, signal) },
    signal,
  );
  const metadata = new Metadata(header.metadata);
  const hyper = readHyperparameters(metadata, header.tensors);
  const tensors = withoutDrafts(header.tensors, metadata, hyper);
  checkShapes(hyper, tensors);
  const model: Model = {
    id: source.id as ModelId,
    name: modelName(source.name),
    hyper,
    tensors,
    fileBytes: header.fileBytes,
  };
  return {
    model,
    tokenizer: createTokenizer(metadata, hyper.vocabulary),
    chat: createChatTemplate(metadata),
    source,
  };
}

/** Leaves out the layers that draft (see readLayers), so that nobody fetches them. */
function withoutDrafts(
  tensors: ReadonlyMap<string, TensorInfo>,
  metadata: Metadata,
  { architecture, layers }: Hyperparameters,
): ReadonlyMap<string, TensorInfo> {
  const blocks = metadata.integer(`${architecture}.block_count`, layers, layerCountMax);
  const isDraft = (name: string) => {
    const layer = Number(/^blk\.(\d+)\./.exec(name)?.[1] ?? -1);
    return layers <= layer && layer < blocks;
  };
  return new Map([...tensors].filter(([name]) => !isDraft(name)));
}
