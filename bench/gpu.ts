/**
 * The WebGPU engine under Node against what the GPU can do: copy bandwidth and rates of multiply-adds first, then whole models and
 * their kernels in percent of these. Models have random weights and the shapes of Qwen3, or that of --shape. On a GPU that is
 * simulated in software the benchmark only shows that it runs: its rows are called so.
 */
import { isSoftware } from '../src/engine/webgpu/software.ts';
import { openAdapter } from './gpu/open.ts';
import { measureOverheads } from './gpu/overheads.ts';
import { measureRates } from './gpu/rates.ts';
import { measureWhole, type Size } from './gpu/whole.ts';
import { makeModel } from './models/make-model.ts';
import { mixes, shapeNamed } from './models/shapes.ts';
import type { BenchOptions, Row } from './row.ts';

const allShapes = ['0.6B', '1.7B', '4B'];
const real: Size = { promptTokens: 512, madeTokens: 64, runs: 5 };
const simulated: Size = { promptTokens: 32, madeTokens: 4, runs: 1 };

export async function gpu({ shape }: BenchOptions): Promise<Row[]> {
  const adapter = await openAdapter();
  if (!adapter) {
    process.stderr.write('gpu: not measured, WebGPU finds no GPU here\n');
    return [];
  }
  const { vendor, architecture, description } = adapter.info;
  const software = isSoftware(adapter);
  process.stderr.write(`gpu: ${[description, vendor, architecture].filter(Boolean).join(', ')}\n`);
  if (software) {
    process.stderr.write('gpu: simulated in software: these figures are no result\n');
    if (shape === undefined) return [];
  }
  const rows: Row[] = [];
  const take = (found: readonly Row[]) => {
    for (const { name, value, unit } of found) {
      const row = { name: `${software ? 'no-result-software-' : ''}gpu/${name}`, value, unit };
      process.stderr.write(`${row.name} ${value.toPrecision(4)} ${unit}\n`);
      rows.push(row);
    }
  };
  const rates = await measureRates(adapter, software ? 'software' : 'real');
  take([
    { name: 'rate/copy', value: rates.copy / 1e9, unit: 'GB/s' },
    { name: 'rate/f32', value: rates.f32 / 1e9, unit: 'GFLOP/s' },
  ]);
  if (rates.f16 !== undefined) take([{ name: 'rate/f16', value: rates.f16 / 1e9, unit: 'GFLOP/s' }]);
  take(await measureOverheads((await openAdapter())!));
  for (const name of shape === undefined ? allShapes : [shape]) {
    for (const mix of mixes) {
      const file = makeModel(shapeNamed(name), mix);
      take(await measureWhole(file, `${name}/${mix}`, software ? simulated : real, rates));
    }
  }
  return rows;
}
