import { expect, test } from 'vitest';
import { parseModelRef } from './model-ref.ts';

const hub = 'hub:Qwen/Qwen3-0.6B-GGUF/Qwen3-0.6B-Q8_0.gguf';

test('every spelling of a file on the Hub is one model', () => {
  for (const way of ['blob', 'resolve']) {
    const copied = `https://huggingface.co/Qwen/Qwen3-0.6B-GGUF/${way}/main/Qwen3-0.6B-Q8_0.gguf?download=true#top`;
    expect(parseModelRef(copied)).toEqual(parseModelRef(hub));
  }
  expect(parseModelRef(hub).id).toBe(hub);
});

test('another revision stays one, as the file and not the page about it; other servers are left alone', () => {
  const revision = 'https://huggingface.co/o/r/blob/v2/f.gguf';
  expect(parseModelRef(revision).url).toBe('https://huggingface.co/o/r/resolve/v2/f.gguf');
  const other = 'https://example.org/o/r/blob/main/f.gguf?x=1';
  expect(parseModelRef(other).url).toBe(other);
});
