import { TabmeshError } from '../../base/error.ts';
import type { TensorType } from '../../model/model.ts';
import { openModel } from '../../model/open.ts';
import { headBytes, layerBytes } from '../../model/slice.ts';
import { openFile } from '../open-file.ts';
import type { Command } from './command.ts';

const megabytes = (bytes: number) => `${(bytes / 1e6).toFixed(2)} MB`;

export const inspect: Command = {
  usage:
    'inspect FILE                         architecture, layers, context, types, bytes per layer and head',
  options: {},
  async run({ json }, [file], signal) {
    if (file === undefined) throw new TabmeshError('invalid', 'node', 'inspect takes a FILE.');
    const { model } = await openModel(await openFile(file), signal);
    const { hyper } = model;
    const types: Partial<Record<TensorType, number>> = {};
    for (const tensor of model.tensors.values())
      types[tensor.type] = (types[tensor.type] ?? 0) + tensor.bytes;
    const layers = Array.from({ length: hyper.layers }, (_, layer) => ({
      layer,
      bytes: layerBytes(model, layer),
    }));
    const summary = {
      name: model.name,
      architecture: hyper.architecture,
      layers: hyper.layers,
      context: hyper.context,
      width: hyper.width,
      heads: hyper.heads,
      kvHeads: hyper.kvHeads,
      vocabulary: hyper.vocabulary,
      fileBytes: model.fileBytes,
      types,
      layerBytes: layers.map(({ bytes }) => bytes),
      headBytes: headBytes(model),
    };
    if (json) {
      console.log(JSON.stringify(summary));
      return;
    }
    console.log(
      `${summary.name}: ${summary.architecture}, ${summary.layers} layers, context ${summary.context}`,
    );
    console.log(
      `width ${summary.width}, heads ${summary.heads} (${summary.kvHeads} kv), vocabulary ${summary.vocabulary}`,
    );
    console.table(Object.entries(types).map(([type, bytes]) => ({ type, bytes, size: megabytes(bytes) })));
    console.table(
      [...layers, { layer: 'head', bytes: summary.headBytes }].map(row => ({
        ...row,
        size: megabytes(row.bytes),
      })),
    );
  },
};
