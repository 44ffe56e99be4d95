import { openAsBlob } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { describe, test } from 'vitest';
import { createCpuEngine } from '../../src/engine/cpu/cpu-engine.ts';
import { type GoldenFiles, goldenCases } from './golden-cases.ts';

const fixtures = new URL('../fixtures/', import.meta.url);
const published = new URL('../../public/models/', import.meta.url);

const files: GoldenFiles = {
  model: name => openAsBlob(new URL(`${name}.gguf`, name === 'guide' ? published : fixtures)),
  answers: async name => JSON.parse(await readFile(new URL(`${name}.json`, fixtures), 'utf8')),
};

describe('the cpu engine gives the answers of the goldens', () => {
  for (const { name, run } of goldenCases(createCpuEngine, files)) test(name, run);
});
