import { expect, test } from 'vitest';
import type { ModelId } from '../base/brand.ts';
import { isShareable } from './shareable.ts';

test.each([
  ['guide', true],
  ['hub:Qwen/Qwen3-0.6B-GGUF/Qwen3-0.6B-Q8_0.gguf', true],
  ['https://example.org/models/qwen3-0.6b-instruct-2507-q4_k_m.gguf', true],
  ['https://example.org/m.gguf?download=true', true],
  ['https://example.org/get?path=models/qwen3-0.6b-instruct-2507.gguf&design=3', true],
  ['file:notes.gguf:1234', false],
  ['https://example.org/m.gguf?token=abc', false],
  ['https://example.org/m.gguf?access_token=abc', false],
  ['https://example.org/m.gguf?X-Amz-Signature=abc', false],
  ['https://example.org/m.gguf?sv=2024&sig=abc', false],
  ['https://example.org/m.gguf?apikey=1', false],
  ['https://example.org/m.gguf?x=aB3dE5gH7jK9mN1pQ3sT5vX7', false],
  ['https://me:word@example.org/m.gguf', false],
])('%s may be told to others: %s', (id, told) => {
  expect(isShareable(id as ModelId)).toBe(told);
});
