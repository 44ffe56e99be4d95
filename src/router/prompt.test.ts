import { openAsBlob } from 'node:fs';
import { beforeAll, expect, test } from 'vitest';
import { greedy } from '../engine/stage.ts';
import { blobSource } from '../model/blob-source.ts';
import { type OpenModel, openModel } from '../model/open.ts';
import { preparePrompt } from './prompt.ts';

let guide: OpenModel;
let encoded = 0;
beforeAll(async () => {
  const open = await openModel(blobSource(await openAsBlob('public/models/guide.gguf'), 'guide.gguf'));
  const { tokenizer } = open;
  guide = {
    ...open,
    tokenizer: {
      ...tokenizer,
      encode(text, options) {
        encoded++;
        return tokenizer.encode(text, options);
      },
    },
  };
});

const prepare = (content: string) =>
  preparePrompt(guide, {
    model: 'guide',
    messages: [{ role: 'user', content }],
    sampling: greedy,
    stop: [],
  });

test('what is far too long is refused by its length, before it is tokenized', () => {
  encoded = 0;
  expect(() => prepare('7'.repeat(1e6))).toThrow(
    /^This conversation is 1000\d\d\d characters long and .* 512 tok/,
  );
  expect(encoded).toBe(0);
});

test('what tokens could hold is counted in tokens, and as much as the context holds gets through', () => {
  expect(() => prepare('7'.repeat(600))).toThrow(/^This conversation is 6\d\d tokens long/);
  const room = 512 - prepare('').tokens.length;
  expect(prepare('7'.repeat(room - 1))).toMatchObject({ maxTokens: 1, tokens: { length: 511 } });
  // The longest words that the model knows: more characters than any other text of as many tokens.
  const longest = Array.from({ length: 1024 }, (_, token) => guide.tokenizer.decode([token]))
    .filter(text => guide.tokenizer.encode(text, { special: false, bos: false }).length === 1)
    .reduce((best, text) => (text.length > best.length ? text : best));
  expect(prepare(longest.repeat(450)).tokens.length).toBeLessThan(512);
});
