import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { splitModel } from '../../tests/unit/split-model.ts';
import { openModel } from '../model/open.ts';
import { openFile } from './open-file.ts';

const file = new Uint8Array(readFileSync('tests/fixtures/tiny-qwen3-q4_k_m.gguf'));

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tabmesh-open-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

test('a model in several files is named by the first of them', async () => {
  const parts = await splitModel(file, 'tiny', [20, 20, 0]);
  const paths = parts.map(({ name }) => join(folder, name));
  for (const [index, { bytes }] of parts.entries()) writeFileSync(paths[index]!, bytes);
  const { model, source } = await openModel(await openFile(paths[0]!));
  expect([model.name, source.local]).toEqual(['tiny', true]);
  const { offset, bytes } = model.tensors.get('output_norm.weight')!;
  expect(await source.read(offset, offset + bytes)).toHaveLength(bytes);
  rmSync(paths[1]!);
  await expect(openModel(await openFile(paths[0]!))).rejects.toMatchObject({
    kind: 'not-found',
    reason: expect.stringMatching(/^Part 2 of 3, tiny-00002-of-00003\.gguf, is missing/),
  });
});

test('a path with no file is named', async () => {
  const path = join(folder, 'none.gguf');
  await expect(openFile(path)).rejects.toMatchObject({
    kind: 'not-found',
    reason: expect.stringContaining(path),
  });
});
