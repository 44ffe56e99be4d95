import { openAsBlob, readdirSync, readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { expect, test, vi } from 'vitest';
import { blobSource } from './blob-source.ts';
import { openModel } from './open.ts';

vi.setConfig({ testTimeout: 60_000 });

const fixtures = 'tests/fixtures';
const files = readdirSync(fixtures)
  .filter(name => name.endsWith('.gguf'))
  .map(name => `${fixtures}/${name}`)
  .concat('public/models/guide.gguf');

const open = async (path: string) => openModel(blobSource(await openAsBlob(path), basename(path)));
const golden = (path: string) =>
  JSON.parse(readFileSync(`${fixtures}/${basename(path, '.gguf')}.json`, 'utf8'));

test('there are thirteen fixtures and the guide', () => expect(files).toHaveLength(14));

test.each(files)('%s: tokens and text are llama.cpp’s', async path => {
  const { tokenizer, model } = await open(path);
  const { tokenizations, prompt, greedy, greedyText } = golden(path);
  expect(basename(path)).toBe(`${model.name}.gguf`);
  for (const { text, tokens } of tokenizations) {
    expect(tokenizer.encode(text, { special: false, bos: false }), text).toEqual(tokens);
    expect(tokenizer.decode(tokens)).toBe(text);
  }
  if (tokenizer.bos !== undefined) expect(prompt[0]).toBe(tokenizer.bos);
  const answer = greedy.map((step: { token: number }) => step.token);
  expect(tokenizer.decode(answer, { special: true })).toBe(greedyText);
});
