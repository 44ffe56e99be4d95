import { openAsBlob } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { describe, test } from 'vitest';
import { createWasmEngine } from '../../src/engine/wasm/wasm-engine.ts';
import { loadKernels, loadOnly, startThread } from '../../workers/kernels-node.ts';
import { allGoldens, type GoldenFiles, goldenCases } from './golden-cases.ts';
import { roundedCases, roundedGoldens } from './rounded-cases.ts';

const fixtures = new URL('../fixtures/', import.meta.url);
const published = new URL('../../public/models/', import.meta.url);

const files: GoldenFiles = {
  model: name => openAsBlob(new URL(`${name}.gguf`, name === 'guide' ? published : fixtures)),
  answers: async name => JSON.parse(await readFile(new URL(`${name}.json`, fixtures), 'utf8')),
};
const rounded: readonly string[] = roundedGoldens;
const exact = allGoldens.filter(name => !rounded.includes(name));

describe.each([
  ['the kernels that this machine takes', loadKernels, 1],
  ['paired products', loadOnly('paired'), 1],
  ['wide products', loadOnly('wide'), 1],
  ['three threads', loadKernels, 3],
] as const)('the wasm engine with %s gives the answers of the goldens', (_, load, threads) => {
  // The models are so small that one thread would do.
  const share = () => threads;
  const create = () => createWasmEngine({ load, threads, startThread, share });
  for (const { name, run } of goldenCases(create, files, exact)) test(name, run);
  for (const { name, run } of roundedCases(create, files)) test(name, run);
});
